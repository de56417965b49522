"""The outcomes of `config show` and `config check`."""

from __future__ import annotations

from pathlib import Path

from chatcli.commands.registry import Column, Outcome, Table
from chatcli.commands.wording import count
from chatcli.config.loader import Loaded, problems, warnings
from chatcli.config.problem import Problem
from chatcli.config.show import rows
from chatcli.core.text import one_line
from chatcli.errors import ExitCode


def show(loaded: Loaded) -> Outcome:
    """The values in force, each with where it comes from; secrets are only set or not set."""
    shown = rows(loaded)
    columns = (Column("key"), Column("value"), Column("from"))
    cells = tuple((one_line(row.key), _toml(row.value), one_line(row.origin)) for row in shown)
    data = [{"key": row.key, "value": row.value, "from": row.origin} for row in shown]
    return Outcome((Table(columns, cells),), data, notices=loaded.warnings)


def _toml(value: object) -> str:
    """A value as it is written in the file."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{one_line(value)}"' if isinstance(value, str) else one_line(str(value))


def check(path: Path) -> Outcome:
    """Everything that is wrong in a file, by line.

    Raises ConfigError: there is no such file.
    """
    found = problems(path)
    data = [_object(problem) for problem in found]
    if not found:
        return Outcome((f"{one_line(str(path))} has no errors",), data, notices=warnings(path))
    lines = [line for problem in found for line in _lines(problem)]
    summary = f"{count(len(found), 'error')} in {one_line(str(path))}"
    return Outcome(("\n".join([*lines, summary]),), data, exit_code=ExitCode.USAGE)


def _lines(problem: Problem) -> list[str]:
    return [problem.sentence, *([f"    hint: {one_line(problem.hint)}"] if problem.hint else [])]


def _object(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.place,
        "line": problem.line,
        "key": problem.key,
        "message": problem.message,
        "hint": problem.hint,
    }

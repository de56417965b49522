"""Read a TOML file: its tables, and the line of each key when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from chatcli.config.problem import KeyPath, Problem
from chatcli.core.text import one_line
from chatcli.errors import ConfigError

_PLACE = r"\s*\(at (?:line (\d+), column \d+|end of document)\)$"
_BEGINNING = r"\s*([A-Za-z0-9_.-]{1,60})\s*="
_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate inline")
_RULE = 'lines are KEY = VALUE or [TABLE]; strings need "quotation marks"'
_UTF8_MARK = "\ufeff"
LARGEST_BYTES = 4_000_000
"""More is a mistake (another file, an endless device) that would take seconds or all memory."""


@dataclass(frozen=True, eq=False)
class Source:
    """A configuration file as read. `text` may hold keys: it is in no repr or message.

    `mode` are the permission bits. `problem` says why the file is not TOML.
    """

    text: str = field(default="", repr=False)
    tables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    exists: bool = False
    mode: int = 0
    problem: Problem | None = None

    @cached_property
    def _lines(self) -> Mapping[KeyPath, int]:
        from chatcli.config.toml_lines import lines_of

        return lines_of(self.text)

    def line_of(self, path: KeyPath, *, nearest: bool = False) -> int | None:
        """The line of a key (from 1); with `nearest`, else that of the table it would be in."""
        while path and nearest and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)


def read_source(file: Path, *, required: bool) -> Source:
    """Read a file; unless it is `required`, one that is not there is as good as empty.

    Raises ConfigError: it is not there, or cannot be read.
    """
    try:
        with file.open("rb") as stream:
            mode = _mode(stream.fileno())
            data = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        if not required:
            return Source()
        raise ConfigError(
            f"there is no configuration file {one_line(str(file))}",
            hint="chatcli config init writes one",
        ) from None
    except OSError as error:
        name, reason = one_line(str(file)), error.strerror or str(error)
        readable = f"chmod u+r {name}, or " if isinstance(error, PermissionError) else ""
        hint = f"{readable}choose another file with --config or CHATCLI_CONFIG"
        raise ConfigError(f"{name} cannot be read: {reason}", hint=hint) from error
    if len(data) > LARGEST_BYTES:
        raise ConfigError(
            f"{one_line(str(file))} is larger than {LARGEST_BYTES // 1_000_000} MB: "
            "that is no configuration file",
            hint="choose another file with --config or CHATCLI_CONFIG",
        )
    return _parsed(file, data, mode)


def _mode(descriptor: int) -> int:
    import os
    import stat

    return stat.S_IMODE(os.fstat(descriptor).st_mode)


def _parsed(file: Path, data: bytes, mode: int) -> Source:
    import tomllib

    try:
        text = data.decode("utf-8").removeprefix(_UTF8_MARK).replace("\r\n", "\n")
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = _not_toml(file, line, "is not UTF-8 text", "save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        problem = _syntax_problem(file, data, error)
    except RecursionError:
        problem = _not_toml(file, None, "is nested too deeply")
    else:
        return Source(text, tables, exists=True, mode=mode)
    return Source(exists=True, mode=mode, problem=problem)


def _syntax_problem(file: Path, data: bytes, error: Exception) -> Problem:
    """The parser's complaint with its line; it quotes single characters, never a value."""
    complaint = str(error)
    place = re.search(_PLACE, complaint)
    lines = data.decode("utf-8").rstrip().split("\n")
    number = int(place[1]) if place and place[1] else len(lines)
    found = re.match(_BEGINNING, lines[min(number, len(lines)) - 1])
    key = found[1] if found else ""
    what = re.sub(_PLACE, "", complaint)
    if what.startswith(_TWICE):
        what = "this key or table is already defined above"
    subject = f" at {key}" if key else ""
    fault = f"is not TOML{subject}: {what[:1].lower()}{what[1:]}"
    return _not_toml(file, number, fault, _RULE, key)


def _not_toml(file: Path, line: int | None, fault: str, hint: str = "", key: str = "") -> Problem:
    return Problem(str(file), line, key, f"the file {fault}", hint)

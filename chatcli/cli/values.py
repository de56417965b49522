"""Values of flags: texts as they were typed, numbers converted here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chatcli.core.text import one_line
from chatcli.errors import UsageError


def whole_number(flag: str, text: str | None) -> int | None:
    """A number from 0 up; None stands for a flag not given. Raises UsageError."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 - a billion
        raise UsageError(f"{flag} takes a number, 0 or more, not '{one_line(text, 40)}'")
    return int(text)


def seconds(flag: str, text: str | None, *, zero: bool = True) -> float | None:
    """Seconds, from 0 up or (without `zero`) above; None stands for a flag not given.

    Raises UsageError.
    """
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf") or not (value or zero):
        allowed = "seconds, 0 or more" if zero else "seconds above 0"
        raise UsageError(f"{flag} takes {allowed}, not '{one_line(text, 40)}'")
    return value


def take_as_typed(program: Any) -> None:
    """Keep Typer from loading pydantic (70 ms) to check values that are all text or flags.

    Versions before 0.28 have no such method on their parameters and load nothing.
    """
    for command in (program, *commands_below(program)):
        for parameter in command.params:
            unchecked(parameter)


def unchecked(parameter: Any) -> Any:
    """The same parameter, whose value is taken as it was typed."""
    if hasattr(parameter, "get_runtime_param"):
        parameter.get_runtime_param = _AsTyped
    return parameter


def commands_below(group: Any) -> Iterator[Any]:
    """All verbs and groups of verbs below a group."""
    for command in getattr(group, "commands", {}).values():
        yield command
        yield from commands_below(command)


class _AsTyped:
    """Stands in for Typer's value checks."""

    def coerce(self, value: object, **_: object) -> object:
        """The value; repeated options as a list."""
        return list(value) if isinstance(value, tuple) else value

"""A command line that makes no sense, told like every other error."""

from __future__ import annotations

from typing import Any, cast

import typer

from chatcli.errors import UsageError

# Typer carries its parser with it since 0.26 and took it from another package before; the
# class of all usage errors is reached through the one name that both have.
ParserError = cast("type[Exception]", typer.BadParameter.__base__)

BEHIND = "what begins with a dash and is no option goes behind --"


def usage_error(error: Any, verb: str = "") -> UsageError:
    """The parser's error in one sentence, with the nearest option or the way to the help.

    `verb` is the one that was called, where the error itself does not tell.
    """
    near = getattr(error, "possibilities", None)
    option = getattr(error, "option_name", "")
    if near is not None or type(error).__name__ == "NoSuchOption":
        hint = f"did you mean {near[0]}?" if near else f"{_help_hint(error, verb)}; {BEHIND}"
        return UsageError(f"there is no option {option}", hint=hint)
    message = str(error.format_message()).strip().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], hint=_help_hint(error, verb))


def _help_hint(error: Any, verb: str) -> str:
    path = error.ctx.command_path if error.ctx else f"chatcli {verb}".strip()
    return f"{path} --help shows what there is"

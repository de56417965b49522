"""A command line that makes no sense, told like every other error."""

from __future__ import annotations

from typing import Any, cast

import typer

from chatcli.cli.help import ASKING
from chatcli.errors import UsageError

# Typer carries its parser with it, under a private name; the class of all usage errors is
# reached through one of its public children.
ParserError = cast("type[Exception]", typer.BadParameter.__base__)


def usage_error(error: Any, verb: str = "") -> UsageError:
    """The parser's error in one sentence, with the nearest option or the way to the help.

    `verb` is the one that was called, where the error itself does not tell.
    """
    near = getattr(error, "possibilities", None)
    option = getattr(error, "option_name", "")
    if near is not None or type(error).__name__ == "NoSuchOption":
        hint = f"did you mean {near[0]}?" if near else _about_option(option, error, verb)
        return UsageError(f"there is no option {option}", hint=hint)
    message = str(error.format_message()).strip().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], hint=_help_hint(error, verb))


def _about_option(option: str, error: Any, verb: str) -> str:
    """What to do about an option that is like no other."""
    command = error.ctx.info_name if error.ctx else verb
    if command in ASKING and option.startswith("--"):
        name = option.removeprefix("--").replace("-", "_")
        return f"a parameter of the model is written -o {name}=VALUE"
    return f"{_help_hint(error, verb)}; what begins with a dash and is no option goes behind --"


def _help_hint(error: Any, verb: str) -> str:
    path = error.ctx.command_path if error.ctx else f"chatcli {verb}".strip()
    return f"{path} --help shows what there is"

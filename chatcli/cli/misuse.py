"""An invalid command line, reported like every other error."""

from __future__ import annotations

import re
from typing import Any

from chatcli.cli.help import ASKING
from chatcli.core.text import one_line
from chatcli.errors import UsageError

_TOO_MANY = re.compile(r"got unexpected extra argument\S* \((.*)\)", re.IGNORECASE | re.DOTALL)


def usage_error(error: Any, verb: str = "") -> UsageError:
    """The parser's error in one sentence, with the nearest option or how to get help.

    `verb` is the one that was called, where the error itself does not tell.
    """
    near = getattr(error, "possibilities", None)
    option = getattr(error, "option_name", "")
    if near is not None or type(error).__name__ == "NoSuchOption":
        hint = f"did you mean {near[0]}?" if near else _about_option(option, error, verb)
        return UsageError(f"no such option: {option}", hint=hint)
    command = error.ctx.command if error.ctx else None
    verbs = getattr(command, "commands", ())
    if verbs and type(error).__name__ == "UsageError":
        message = f"{error.ctx.command_path} needs a verb: {', '.join(verbs)}"
        return UsageError(message, hint=_usage(error))
    message = str(error.format_message()).strip().rstrip(".")
    if too_many := _TOO_MANY.fullmatch(message):
        extra = one_line(too_many[1], 40)
        return UsageError(f"unexpected argument '{extra}'", hint=_about_extra(error))
    hint = _usage(error) if command else _help_hint(error, verb)
    return UsageError(message[:1].lower() + message[1:], hint=hint)


def _about_option(option: str, error: Any, verb: str) -> str:
    """What to do about an option that resembles no other."""
    command = error.ctx.info_name if error.ctx else verb
    if command in ASKING and option.startswith("--"):
        name = option.removeprefix("--").replace("-", "_")
        return f"model parameters are given as -o {name}=VALUE"
    return f"{_help_hint(error, verb)}; text that starts with a dash goes after --"


def _about_extra(error: Any) -> str:
    takes_words = any(each.param_type_name == "argument" for each in error.ctx.command.params)
    usage = _usage(error)
    return f"{usage}; put quotes around several words" if takes_words else usage


def _usage(error: Any) -> str:
    """How to call the verb, and how to get more help."""
    path = error.ctx.command_path
    pieces = " ".join(error.ctx.command.collect_usage_pieces(error.ctx))
    return f"{path} {pieces}; see {path} --help"


def _help_hint(error: Any, verb: str) -> str:
    path = error.ctx.command_path if error.ctx else f"chatcli {verb}".strip()
    return f"{path} --help lists the options"

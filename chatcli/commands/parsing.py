"""A slash command's words as typed, parsed into its arguments."""

from __future__ import annotations

from collections.abc import Mapping

from chatcli.commands.registry import Arg, Command, Kind
from chatcli.core.text import one_line
from chatcli.errors import UsageError

MOST_DIGITS = 18
"""Of a number that is typed; nothing that is counted here has more."""


def parse_arguments(command: Command, text: str) -> dict[str, object]:
    """Parse `text` into the command's arguments, by name; absent ones are left out."""
    values: dict[str, object] = {}
    flags = {f"--{arg.name}": arg for arg in command.args if arg.flag}
    flags |= {f"-{arg.short}": arg for arg in command.args if arg.short}
    for arg in command.args:
        if arg.flag:
            continue
        text = _take_flags(command, text, flags, values)
        if arg.rest:
            word, text = text, ""
        else:
            word, text = _next_word(command, text)
        if word:
            values[arg.name] = _typed(command, arg, word)
        elif arg.required:
            raise UsageError(f"/{command.name} needs {arg.title}", hint=_usage(command))
    text = _take_flags(command, text, flags, values)
    if text:
        hint = _usage(command) + _in_quotes(command, values, text)
        raise UsageError(f"/{command.name} does not take '{text}'", hint=hint)
    return values


def _in_quotes(command: Command, values: Mapping[str, object], left: str) -> str:
    """How to type the last value if the words left over were meant to belong to it."""
    places = [arg for arg in command.args if not arg.flag]
    if not places or places[-1].kind not in {Kind.TEXT, Kind.SESSION}:
        return ""
    words = f"{values.get(places[-1].name, '')} {left}"
    return "" if '"' in words else f'\nseveral words stand in quotation marks: "{words}"'


def _usage(command: Command) -> str:
    return f"usage: {command.usage}"


def _take_flags(
    command: Command, text: str, flags: Mapping[str, Arg], values: dict[str, object]
) -> str:
    while text.startswith("-"):
        word, rest = _next_word(command, text)
        arg = flags.get(word)
        if arg is None and not word.startswith("--"):
            return text
        if arg is None:
            raise UsageError(f"/{command.name} has no {word}", hint=_usage(command))
        if arg.switch:
            values[arg.name] = True
        else:
            value, rest = _next_word(command, rest)
            if not value:
                raise UsageError(f"{word} needs {arg.title}", hint=_usage(command))
            values[arg.name] = _typed(command, arg, value)
        text = rest
    return text


def _next_word(command: Command, text: str) -> tuple[str, str]:
    """The first word, without its quotation marks, and the rest as typed."""
    quote = text[:1]
    if quote not in {"'", '"'}:
        word, _, rest = text.partition(" ")
        return word, rest.lstrip()
    word, closed, rest = text[1:].partition(quote)
    if not closed:
        raise UsageError("a quotation mark is not closed", hint=_usage(command))
    return word, rest.lstrip()


def quoted(word: str) -> str:
    """A word as it is typed in a command line of the chat: in quotation marks if need be."""
    if word and " " not in word and word[0] not in "'\"":
        return word
    return f"'{word}'" if '"' in word else f'"{word}"'


def _typed(command: Command, arg: Arg, word: str) -> object:
    if arg.kind is not Kind.NUMBER:
        return word
    if not word.isdecimal() or len(word) > MOST_DIGITS:
        wrong = f"{arg.title} is a whole number, 0 or more, not '{one_line(word, 40)}'"
        raise UsageError(wrong, hint=_usage(command))
    return int(word)

"""The command line of the chat, read before the parser is loaded.

The prompt is shown at once then, and what is typed while the program loads is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

CONTINUE = "continue"
_ALONE = frozenset({"-c", "--continue"})
_WITH_VALUE = {
    "-s": "session",
    "--session": "session",
    "-m": "model",
    "--model": "model",
    "--system": "system",
    "--config": "config",
}


def chat_options(arguments: Sequence[str]) -> dict[str, str] | None:
    """The options by name, if there is nothing but options of the chat, each spelled out.

    `continue` has no value. None: the parser has to look.
    """
    options: dict[str, str] = {}
    rest = iter(arguments)
    for word in rest:
        if word in _ALONE:
            options[CONTINUE] = ""
        elif word in _WITH_VALUE and (value := next(rest, None)) is not None:
            options[_WITH_VALUE[word]] = value
        else:
            return None
    return options


def show_prompt() -> Callable[[], None]:
    """Show the prompt; returns a function that removes it, the first time it is called."""
    from chatcli.ui.early import show_prompt as show

    restore = [show()]

    def release() -> None:
        while restore:
            restore.pop()()

    return release

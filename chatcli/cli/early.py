"""Whether a command line opens the chat, known before the parser is loaded.

A prompt is shown then at once, and what is typed while the program loads is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_WITH_VALUE = frozenset({"-s", "--session", "-m", "--model", "--system", "--config"})
_ALONE = frozenset({"-c", "--continue"})


def opens_chat(arguments: Sequence[str]) -> bool:
    """True if there is no verb and nothing but options of the chat, each spelled out."""
    rest = iter(arguments)
    for word in rest:
        if word in _WITH_VALUE:
            if next(rest, None) is None:
                return False
        elif word not in _ALONE:
            return False
    return True


def show_prompt() -> Callable[[], None]:
    """Show it; what is returned takes it away, the first time it is called."""
    from chatcli.ui.early import show_prompt as show

    restore = [show()]

    def release() -> None:
        while restore:
            restore.pop()()

    return release

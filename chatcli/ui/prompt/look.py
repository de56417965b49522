"""The style sheet of the interface; the terminal's own sixteen colours fit its theme."""

from __future__ import annotations

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

STYLE = Style.from_dict(
    {
        "prompt": "bold ansicyan",
        "placeholder": "dim",
        "fold": "ansicyan",
        "control-character": "ansicyan",
        "status": "dim",
        "warning": "ansiyellow",
        "question": "bold ansiyellow",
        "session": "dim",
        "current": "bold",
        "writing": "ansigreen",
        "waiting": "ansiyellow",
        "failed": "ansired",
        "incomplete": "ansiyellow",
        "unread": "bold ansicyan",
        "cursor": "reverse",
        "completion-menu": "noinherit",
        "completion-menu.completion": "bg:default fg:default",
        "completion-menu.completion.current": "noinherit reverse",
        "completion-menu.meta.completion": "bg:default fg:default dim",
        "completion-menu.meta.completion.current": "bg:default fg:default",
        "scrollbar.background": "bg:default",
        "scrollbar.button": "bg:default",
        "search": "bold",
        "search.current": "reverse",
    }
)


def colour_depth(*, colours: bool) -> ColorDepth | None:
    """None lets the terminal's name decide."""
    return None if colours else ColorDepth.DEPTH_1_BIT

"""Styled lines as fragments for prompt_toolkit, without importing it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from chatcli.core.text import for_terminal

if TYPE_CHECKING:
    from rich.style import Style

    from chatcli.markdown.draw.wrap import Line

Fragments = list[tuple[str, str]]
"""One line: (style, text) pairs without a newline."""

# prompt_toolkit's names of the 16 colours, in the order of their numbers
_COLOURS = (
    *("ansiblack", "ansired", "ansigreen", "ansiyellow"),
    *("ansiblue", "ansimagenta", "ansicyan", "ansigray"),
    *("ansibrightblack", "ansibrightred", "ansibrightgreen", "ansibrightyellow"),
    *("ansibrightblue", "ansibrightmagenta", "ansibrightcyan", "ansiwhite"),
)


def fragments(line: Line) -> Fragments:
    """One line in prompt_toolkit's terms; links lose their target, as it has no links."""
    return [(_style(segment.style), for_terminal(segment.text)) for segment in line]


@lru_cache(maxsize=512)
def _style(style: Style | None) -> str:
    if style is None:
        return ""
    names = ("bold", "dim", "italic", "underline", "strike")
    words = [name for name in names if getattr(style, name)]
    if style.color is not None and style.color.number is not None:
        words.append(f"fg:{_COLOURS[style.color.number]}")
    return " ".join(words)

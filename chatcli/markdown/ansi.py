"""Styled lines as a terminal gets them: no escape sequences but our own."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from chatcli.core.text import for_terminal

if TYPE_CHECKING:
    from rich.style import Style

    from chatcli.markdown.draw.wrap import Line

# What terminals take as the target of a link: absolute, printable ASCII, up to this length
# (https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda). Only what a browser or a
# mail program opens: behind other schemes (ssh:, vscode:, ms-msdt:) a click may start anything.
_CLICKABLE = re.compile(r"(?:https?|mailto):[!-~]{1,2000}", re.IGNORECASE)


def plain_text(line: Line) -> str:
    """A line without styles."""
    return "".join(segment.text for segment in line).rstrip(" ")


def ansi_text(line: Line, *, links: bool) -> str:
    """A line with its styles as SGR sequences and, if `links`, its links as OSC 8.

    Every sequence is closed before the line ends; trailing blanks are dropped.
    """
    end = len(plain_text(line))
    written = []
    for style, group in groupby(line, lambda segment: segment.style):
        text = "".join(segment.text for segment in group)[:end]
        end -= len(text)
        written.append(_styled(for_terminal(text), style, links=links) if text else "")
    return "".join(written)


def _styled(text: str, style: Style | None, *, links: bool) -> str:
    if style is None:
        return text
    start = _sgr(style)
    text = f"{start}{text}\x1b[0m" if start else text
    if links and style.link and _CLICKABLE.fullmatch(style.link):
        # the id joins the parts of a link that was broken over lines
        identity = zlib.crc32(style.link.encode())
        return f"\x1b]8;id={identity:x};{style.link}\x1b\\{text}\x1b]8;;\x1b\\"
    return text


@lru_cache(maxsize=512)
def _sgr(style: Style) -> str:
    """The sequence that switches a style on; empty when there is nothing to switch."""
    from rich.color import ColorSystem

    if style.link:
        style = style.update_link(None)
    return style.render("\0", color_system=ColorSystem.STANDARD).partition("\0")[0]

"""Lines as terminal output, without blank lines at the start and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatcli.core.text import for_terminal
from chatcli.markdown.ansi import ansi_text, plain_text
from chatcli.markdown.theme import Theme

if TYPE_CHECKING:
    from chatcli.markdown.draw.wrap import Line


class Printer:
    """Writes lines one after the other; blank ones are held back until text follows.

    Args:
        theme: with `none`, nothing but text is written.
        links: write links as OSC 8.
    """

    def __init__(self, theme: Theme, *, links: bool) -> None:
        self._plain = theme.plain
        self._links = links
        self._started = False
        self._blank = 0

    @property
    def blank(self) -> int:
        """The number of blank lines held back."""
        return self._blank

    def print(self, line: Line) -> str:
        """Return what to write for a line: nothing, or whole lines with their newlines."""
        text = plain_text(line)
        if not text:
            self._blank += self._started
            return ""
        written = for_terminal(text) if self._plain else ansi_text(line, links=self._links)
        before, self._blank, self._started = "\n" * self._blank, 0, True
        return f"{before}{written}\n"

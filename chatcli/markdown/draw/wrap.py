"""Styled text wrapped into lines, even while it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatcli.markdown.styles import console

if TYPE_CHECKING:
    from rich.segment import Segment
    from rich.text import Text

Line = list["Segment"]
"""One row: pieces of text with their styles, without a newline."""

_CHUNK = 2_000
"""Characters wrapped at a time; a time budget can be checked in between."""
_TAB = 8


class Wrapper:
    """Wraps arriving text just as Rich wraps the whole; the last line waits for more.

    Rich's `Text.wrap` also crops what it measures as too wide: joined emoji lost characters.
    """

    def __init__(self) -> None:
        from rich.text import Text

        self._open = Text()
        self._column = 0

    @property
    def open(self) -> Text:
        """The line that waits."""
        return self._open

    def add(self, text: Text, width: int) -> Iterator[Line]:
        """Append text; yield the lines of `width` columns that can no longer change."""
        for piece in text.divide(range(_CHUNK, len(text), _CHUNK)):
            whole = self._open.append_text(self._expand(piece))
            *finished, self._open = _broken(whole, width)
            yield from map(segments, finished)

    def close(self) -> Iterator[Line]:
        """Yield the last line and start afresh."""
        from rich.text import Text

        last, self._open, self._column = self._open, Text(), 0
        yield segments(last)

    def _expand(self, text: Text) -> Text:
        """Replace tabs by blanks; the column counts from the last newline, wrapped or not."""
        from rich.cells import cell_len
        from rich.text import Text

        expanded = Text()
        for index, part in enumerate(text.split("\t", allow_blank=True)):
            if index:
                blanks = _TAB - self._column % _TAB
                self._column += blanks
                expanded.append(" " * blanks)
            *before, last = part.plain.rsplit("\n", 1)
            self._column = cell_len(last) + (0 if before else self._column)
            expanded.append_text(part)
        return expanded


def wrap(text: Text, width: int) -> Iterator[Line]:
    """Break text into lines of at most `width` columns; a word that is longer is folded."""
    wrapper = Wrapper()
    yield from wrapper.add(text, width)
    yield from wrapper.close()


def _broken(text: Text, width: int) -> Iterator[Text]:
    from rich._wrap import divide_line  # greedy: where a line ends depends on its start only

    for line in text.split("\n", allow_blank=True):
        yield from line.divide(divide_line(line.plain, width))


def segments(text: Text) -> Line:
    """One line's styled pieces, without trailing blanks."""
    blanks = len(text) - len(text.plain.rstrip(" "))
    if blanks:
        text.right_crop(blanks)
    return list(text.render(console(), end=""))


def width_of(line: Line) -> int:
    """The width of a line in columns."""
    return sum(segment.cell_length for segment in line)

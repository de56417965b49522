"""A table drawn row by row; a long one keeps the column widths that its first rows need."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from chatcli.markdown.draw.wrap import width_of, wrap
from chatcli.markdown.limits import LONG_TABLE, NARROWEST

if TYPE_CHECKING:
    from rich.style import Style
    from rich.text import Text

    from chatcli.markdown.draw.wrap import Line
    from chatcli.markdown.styles import Styles

Align = Literal["left", "center", "right"]

_GAP = 2
"""Columns between two cells."""
_NARROWEST_CELL = 4
"""Where a column would get narrower, rows are written as lists of their cells instead."""


class Table:
    """Draws one table, whose rows come one after the other; the first one is the head.

    Args:
        aligns: how each column is aligned.
        styles: the theme's.
        base: the style of the block around.
    """

    def __init__(self, aligns: list[Align], styles: Styles, base: Style) -> None:
        self._aligns = aligns
        self._styles = styles
        self._base = base
        self._waiting: list[list[Text]] = []
        self._size = 0
        self._rows = 0
        self._columns: list[int] | None = None
        self._head: list[Text] = []

    @property
    def waiting(self) -> int | None:
        """Rows below the head that wait for the columns' widths; None once these are known."""
        return len(self._waiting) - 1 if self._columns is None else None

    def add(self, cells: list[Text], width: int) -> Iterator[Line]:
        """Take a row; draw what is decided: nothing, unless the table is long."""
        self._waiting.append(cells)
        self._size += sum(map(len, cells))
        if self._size > LONG_TABLE:
            yield from self._draw(width)

    def close(self, width: int) -> Iterator[Line]:
        """Draw the rows that waited, and the blank row below the table."""
        yield from self._draw(width)
        yield []

    def _draw(self, width: int) -> Iterator[Line]:
        if self._columns is None:
            self._columns = self._fit(width)
        while self._waiting:
            cells = self._waiting.pop(0)
            if min(self._columns) < 0:
                yield from self._record(cells, width)
            elif self._rows:
                yield from self._row(cells, self._columns)
            else:
                yield from self._heading(cells, self._columns)
            self._rows += 1

    def _fit(self, width: int) -> list[int]:
        """The columns' widths for the rows at hand; widths of -1 if they do not fit in."""
        from rich.cells import cell_len
        from rich.table import Table as RichTable

        wanted = [
            max(1, *(cell_len(line) for cell in cells for line in cell.plain.split("\n")))
            for cells in zip(*self._waiting, strict=True)
        ]
        # Rich counts one of the two blanks between cells as a part of the cell before it.
        blanks = [1] * (len(wanted) - 1) + [0]
        room = max(width, NARROWEST) - 2 - sum(blanks)
        padded = [min(a + b, room) for a, b in zip(wanted, blanks, strict=True)]
        fitted = RichTable._collapse_widths(padded, [True] * len(wanted), room)  # noqa: SLF001
        widths = [a - b for a, b in zip(fitted, blanks, strict=True)]
        narrow = (a < min(_NARROWEST_CELL, b) for a, b in zip(widths, wanted, strict=True))
        return [-1] * len(wanted) if any(narrow) else widths

    def _heading(self, cells: list[Text], columns: list[int]) -> Iterator[Line]:
        from rich.segment import Segment

        for cell in cells:
            cell.stylize(self._styles["table.header"])
        yield []
        yield from self._row(cells, columns, bottom=True)
        rule = "─" * (sum(columns) + _GAP * (len(columns) - 1))
        yield [Segment(" "), Segment(rule, self._base + self._styles["table.border"])]

    def _row(
        self, cells: list[Text], columns: list[int], *, bottom: bool = False
    ) -> Iterator[Line]:
        from rich.segment import Segment

        drawn = [list(wrap(cell, size)) for cell, size in zip(cells, columns, strict=True)]
        height = max(map(len, drawn))
        if bottom:
            drawn = [[[]] * (height - len(cell)) + cell for cell in drawn]
        for lines in zip_longest(*drawn, fillvalue=list["Segment"]()):
            row = [Segment(" ")]
            for line, size, align in zip(lines, columns, self._aligns, strict=True):
                row += [*_aligned(line, size, align), Segment(" " * _GAP)]
            yield row

    def _record(self, cells: list[Text], width: int) -> Iterator[Line]:
        """One row of a table that is wider than the window: a line for each cell."""
        from rich.text import Text

        if not self._rows:
            self._head = cells
            return
        yield []
        for name, cell in zip(self._head, cells, strict=True):
            text = name.copy()
            text.stylize(self._styles["table.header"])
            yield from wrap(Text.assemble(text, ": ", cell), max(width, NARROWEST))


def _aligned(line: Line, width: int, align: Align) -> Line:
    """A cell's line with the blanks around it."""
    from rich.segment import Segment

    free = max(0, width - width_of(line))
    before = {"left": 0, "center": free // 2, "right": free}[align]
    return [Segment(" " * before), *line, Segment(" " * (free - before))]

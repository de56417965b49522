"""Where the characters of the input stand when long lines are wrapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from prompt_toolkit.utils import get_cwidth


class Place(NamedTuple):
    """A row of the input and a column in it, both from 0."""

    row: int
    column: int


def places(text: str, width: int, shown: Callable[[str], str]) -> list[Place]:
    """Where each character stands, and last where the next one would.

    Rows are cut at `width` columns, as prompt_toolkit does it; `shown` is what is drawn for a
    character.
    """
    found: list[Place] = []
    row = column = 0
    for character in text:
        if character == "\n":
            found.append(_fitting(row, column, 1, width))
            row, column = found[-1].row + 1, 0
            continue
        for index, cell in enumerate(shown(character)):
            columns = max(get_cwidth(cell), 0)
            row, column = _fitting(row, column, columns, width)
            if not index:
                found.append(Place(row, column))
            column += columns
    found.append(_fitting(row, column, 1, width))
    return found


def _fitting(row: int, column: int, columns: int, width: int) -> Place:
    """Here, or at the beginning of the next row."""
    return Place(row, column) if column + columns <= width else Place(row + 1, 0)


def lines_around(text: str, index: int, rows: int) -> slice:
    """The lines of `text` in which a position `rows` rows from `index` lies, if there is one.

    A line has at least one row; what is farther away need not be looked at.
    """
    start, end = index, index - 1
    for _ in range(abs(rows) + 1):
        if start >= 0:
            start = text.rfind("\n", 0, start)
        if end < len(text):
            end = text.find("\n", end + 1)
            end = len(text) if end < 0 else end
    return slice(start + 1, end)


def moved(found: list[Place], index: int, rows: int, column: int) -> int | None:
    """The character `rows` below `index`, at `column` or before it; None: no such row."""
    row = found[index].row + rows
    there = [number for number, place in enumerate(found) if place.row == row]
    if not there:
        return None
    return max((n for n in there if found[n].column <= column), default=there[0])

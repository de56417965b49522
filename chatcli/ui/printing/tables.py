"""A table as wide as the window at most; where that is too narrow, a paragraph for each row."""

from __future__ import annotations

from collections.abc import Sequence

from prompt_toolkit.utils import get_cwidth

from chatcli.commands.registry import Column, Table
from chatcli.core.text import for_terminal, one_line
from chatcli.ui.paint import Paint, wrap

GAP = "  "
PREVIEW = "preview"
"""The title of a column that is cut rather than wrapped."""
SHORTEST_PREVIEW = 12
LONGEST_WORD = 16
"""A longer word may be broken to make a column narrower."""
SEAMS = "/-_:"
"""Behind these a word is broken rather than elsewhere."""
SHORTEST_TEXT = 24
"""Columns: the minimum width of a cell that explains the one before it."""

Row = Sequence[str]


def draw_table(table: Table, paint: Paint) -> str:
    """The table, a blank line and its title before it."""
    head = [column.title for column in table.columns]
    rows = [[for_terminal(cell) for cell in row] for row in table.rows]
    widths = fitted([*([head] if any(head) else []), *rows], table.columns, paint.width)
    title = f"{paint.style(one_line(table.title), 'bold')}\n" if table.title else ""
    if widths:
        body = _grid(table.columns, rows, widths, paint)
    elif any(head):
        body = "".join(_paragraph(table.columns, row, paint) for row in rows)
    else:
        body = "".join(_explained(row, paint) for row in rows)
    return f"\n{title}{body}"


# --- widths -------------------------------------------------------------------


def fitted(rows: Sequence[Row], columns: Sequence[Column], room: int) -> list[int]:
    """The columns' widths; empty if they cannot be made narrow enough."""
    if not rows:
        return []
    texts = list(zip(*rows, strict=True))
    widths = [max(map(get_cwidth, column)) for column in texts]
    least = [min(w, _least(t, c)) for w, t, c in zip(widths, texts, columns, strict=True)]
    if not any(column.title for column in columns):
        least[-1] = min(widths[-1], max(least[-1], SHORTEST_TEXT))
    room -= len(GAP) * (len(columns) - 1)
    while sum(widths) > room:
        index = max(range(len(widths)), key=lambda i: (widths[i] > least[i], widths[i]))
        if widths[index] <= least[index]:
            return []
        widths[index] -= 1
    return widths


def _least(texts: Row, column: Column) -> int:
    if column.title == PREVIEW:
        return SHORTEST_PREVIEW
    longest = max((get_cwidth(word) for text in texts for word in text.split()), default=1)
    return longest if column.right else min(longest, LONGEST_WORD)


# --- shapes -------------------------------------------------------------------


def _grid(
    columns: Sequence[Column], rows: Sequence[Row], widths: Sequence[int], paint: Paint
) -> str:
    head = [column.title for column in columns]
    lines: list[str] = []
    if any(head):
        rule = "─" * (sum(widths) + len(GAP) * (len(columns) - 1))
        lines += [paint.style(line, "bold") for line in _lines(columns, head, widths)]
        lines.append(paint.style(rule, "dim"))
    for row in rows:
        lines += _lines(columns, row, widths)
    return "".join(f"{line}\n" for line in lines)


def _lines(columns: Sequence[Column], row: Row, widths: Sequence[int]) -> list[str]:
    """A row as lines of the screen, its long cells wrapped."""
    cells = [
        [_cut(cell, width)] if column.title == PREVIEW else _pieces(cell, width)
        for column, cell, width in zip(columns, row, widths, strict=True)
    ]
    lines = []
    for index in range(max(map(len, cells))):
        pieces = [pieces[index] if index < len(pieces) else "" for pieces in cells]
        placed = (_placed(*each) for each in zip(columns, pieces, widths, strict=True))
        lines.append(GAP.join(placed).rstrip())
    return lines


def _pieces(cell: str, width: int) -> list[str]:
    return [piece for line in cell.split("\n") for piece in wrap(_divided(line, width), width)]


def _divided(line: str, width: int) -> str:
    """A blank in each word that is too long for a row, where its parts meet.

    Names of models have parts; the blank gives way to the end of the row.
    """
    return " ".join(_parted(word, width) for word in line.split(" "))


def _parted(word: str, width: int) -> str:
    if get_cwidth(word) <= width:
        return word
    seams = [index + 1 for index, sign in enumerate(word) if sign in SEAMS]
    fitting = [index for index in seams if width // 2 <= get_cwidth(word[:index]) <= width]
    if not fitting:
        return word
    return f"{word[: fitting[-1]]} {_parted(word[fitting[-1] :], width)}"


def _cut(cell: str, width: int) -> str:
    if get_cwidth(cell) <= width:
        return cell
    return f"{wrap(cell, width - 1)[0].rstrip()}…"


def _placed(column: Column, text: str, width: int) -> str:
    blanks = " " * (width - get_cwidth(text))
    return blanks + text if column.right else text + blanks


def _paragraph(columns: Sequence[Column], row: Row, paint: Paint) -> str:
    """A row as one text; figures need their names, other cells speak for themselves."""
    named = [column.right and column.title not in {"", "#"} for column in columns]
    cells = [
        f"{column.title} {cell}" if name else cell
        for column, cell, name in zip(columns, row, named, strict=True)
        if cell
    ]
    return paint.lines(" · ".join(cells), rest="  ")


def _explained(row: Row, paint: Paint) -> str:
    """What a row is about, and below it, if need be, what the row says."""
    whole = GAP.join(row)
    if get_cwidth(whole) <= paint.width:
        return paint.lines(whole)
    first, *others = row
    return paint.lines(first) + "".join(paint.lines(text, first="  ", rest="  ") for text in others)

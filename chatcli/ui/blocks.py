"""What a command returns, as something to print: text, tables, bars, conversations."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prompt_toolkit.utils import get_cwidth

from chatcli.commands.registry import Bars, Block, Table, Transcript
from chatcli.core.model import Role, TurnStatus
from chatcli.core.text import for_terminal, one_line
from chatcli.ui.items import Item, TextItem, prompt_item, stored_reply
from chatcli.ui.paint import Paint

if TYPE_CHECKING:
    from rich.table import Table as RichTable

BAR_COLUMNS = 40
LABEL_COLUMNS = 30
_EIGHTHS = " ▏▎▍▌▋▊▉"


def items_of(blocks: Sequence[Block]) -> list[Item]:
    """The items that print them; nothing is drawn yet."""
    return [item for block in blocks for item in _items_of(block)]


def _items_of(block: Block) -> list[Item]:
    match block:
        case str():
            return [TextItem(lambda paint: paint.lines(block), apart="line")]
        case Table():
            return [TextItem(lambda paint: draw_table(block, paint))]
        case Bars():
            return [TextItem(lambda paint: draw_bars(block, paint))]
        case Transcript():
            return _transcript(block)


def _transcript(block: Transcript) -> list[Item]:
    """The turns as they were first shown; a reply that is being written is not among them."""
    session, omitted = block.session, block.omitted
    items: list[Item] = [TextItem(lambda paint: paint.rule(session.name or "new", session.model))]
    if omitted:
        told = f"… {omitted} earlier turns"
        items.append(TextItem(lambda paint: paint.dim(told)))
    for turn in block.turns:
        if turn.role is Role.USER:
            items.append(prompt_item(turn))
        elif turn.status is not TurnStatus.STREAMING:
            items.append(stored_reply(turn))
    return items


# --- tables -------------------------------------------------------------------


def draw_table(table: Table, paint: Paint) -> str:
    """A table by Rich, at most as wide as the window."""
    from rich.console import Console

    file = io.StringIO()
    console = Console(
        file=file,
        width=paint.width,
        force_terminal=True,
        color_system="standard" if paint.colours else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
    )
    console.print(_rich_table(table))
    lines = [line.rstrip() for line in file.getvalue().split("\n")]
    title = f"{paint.style(one_line(table.title), 'bold')}\n" if table.title else ""
    return "\n" + title + "".join(f"{line}\n" for line in lines if line)


def _rich_table(table: Table) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    headed = any(column.title for column in table.columns)
    drawn = RichTable(box=box.SIMPLE_HEAD if headed else None, show_header=headed, pad_edge=False)
    for column in table.columns:
        drawn.add_column(
            Text(column.title, "bold"),
            justify="right" if column.right else "left",
            overflow="fold",
        )
    for row in table.rows:
        drawn.add_row(*(Text(for_terminal(cell)) for cell in row))
    return drawn


# --- bars ---------------------------------------------------------------------


def draw_bars(bars: Bars, paint: Paint) -> str:
    """A bar chart: a row for each value, the longest bar for the largest."""
    labels = [one_line(name, LABEL_COLUMNS) for name, _ in bars.bars]
    column = max((get_cwidth(label) for label in labels), default=0)
    figures = ["unknown" if value is None else f"{value:,.0f}" for _, value in bars.bars]
    room = paint.width - column - max(map(len, figures), default=0) - 4
    scale = _scale([value or 0 for _, value in bars.bars], min(BAR_COLUMNS, max(room, 1)))
    rows = [
        f"{label}{' ' * (column - get_cwidth(label))}  {paint.style(bar, 'good')} {figure}\n"
        for label, bar, figure in zip(labels, scale, figures, strict=True)
    ]
    unit = "" if bars.unit.lower() in bars.title.lower() else f" ({bars.unit})"
    title = paint.style(f"{one_line(bars.title)}{unit}", "bold")
    return f"\n{title}\n{''.join(rows)}"


def _scale(values: Sequence[float], columns: int) -> list[str]:
    """Each value as a bar of at most `columns` cells, in eighths of a cell."""
    largest = max(values, default=0) or 1
    eighths = [round(value / largest * columns * 8) for value in values]
    return ["█" * (n // 8) + (_EIGHTHS[n % 8] if n % 8 else "") for n in eighths]

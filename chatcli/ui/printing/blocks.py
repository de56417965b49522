"""What a command returns, as something to print: text, tables, bars, conversations."""

from __future__ import annotations

from collections.abc import Sequence

from prompt_toolkit.utils import get_cwidth

from chatcli.commands.registry import Bars, Block, Table, Transcript
from chatcli.commands.wording import count
from chatcli.core.model import Role, TurnStatus
from chatcli.core.text import one_line
from chatcli.ui.paint import Paint
from chatcli.ui.printing.items import Item, TextItem
from chatcli.ui.printing.tables import draw_table
from chatcli.ui.printing.turns import PromptItem, stored_reply

BAR_COLUMNS = 40
LABEL_COLUMNS = 30
_EIGHTHS = " ▏▎▍▌▋▊▉"


def items_of(blocks: Sequence[Block]) -> list[Item]:
    """The items that print the blocks; nothing is drawn yet."""
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
        told = f"… {count(omitted, 'earlier turn')}"
        items.append(TextItem(lambda paint: paint.dim(told)))
    for turn in block.turns:
        if turn.role is Role.USER:
            items.append(PromptItem(turn))
        elif turn.status is not TurnStatus.STREAMING:
            items.append(stored_reply(turn))
    return items


# --- bars ---------------------------------------------------------------------


def draw_bars(bars: Bars, paint: Paint) -> str:
    """A bar chart: a row for each value, the longest bar for the largest."""
    longest = max(min(LABEL_COLUMNS, paint.width // 2), 6)
    labels = [one_line(name, longest) for name, _ in bars.bars]
    column = max((get_cwidth(label) for label in labels), default=0)
    figures = ["unknown" if value is None else f" {value:,.0f}" for _, value in bars.bars]
    room = paint.width - column - max(map(len, figures), default=0) - 4
    scale = _scale([value or 0 for _, value in bars.bars], min(BAR_COLUMNS, max(room, 1)))
    rows = [
        f"{label}{' ' * (column - get_cwidth(label))}  {paint.style(bar, 'good')}{figure}\n"
        for label, bar, figure in zip(labels, scale, figures, strict=True)
    ]
    unit = "" if bars.unit.lower() in bars.title.lower() else f" ({bars.unit})"
    title = paint.style(f"{one_line(bars.title)}{unit}", "bold")
    return f"\n{title}\n{''.join(rows)}"


def _scale(values: Sequence[float], columns: int) -> list[str]:
    """Each value as a bar of at most `columns` cells, in eighths of a cell; one at least."""
    largest = max(values, default=0) or 1
    eighths = [max(round(v / largest * columns * 8), int(v > 0)) for v in values]
    return ["█" * (n // 8) + (_EIGHTHS[n % 8] if n % 8 else "") for n in eighths]

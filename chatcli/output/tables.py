"""Blocks on a terminal: Rich tables, bars and rendered conversations."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterable

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.rule import Rule
from rich.table import Table as RichTable
from rich.text import Text

from chatcli.commands.registry import Bars, Block, Table, Transcript
from chatcli.commands.wording import count, shortfall
from chatcli.config.model import Repl
from chatcli.core.model import Role, Turn
from chatcli.core.text import for_terminal
from chatcli.markdown import Theme, render_markdown
from chatcli.output.plain import BAR_WIDTH, bar_of, heading_of, headline, speaker

PREVIEW = "preview"
MINIMUM = 8
"""Columns that a preview or a bar gets in any case."""
LONGEST_WORD = 16
"""A longer name may be broken to make its column narrower."""
GAP = 2
FIGURE_WIDTH = 11


def rich_text(blocks: Iterable[Block], look: Repl) -> str:
    """All blocks as text with the escape sequences of this terminal, a blank line between.

    `look` says how Markdown is drawn: theme and links.
    """
    width = shutil.get_terminal_size().columns
    sheet = io.StringIO()
    console = Console(file=sheet, width=width, force_terminal=True, highlight=False)
    for number, block in enumerate(blocks):
        if number:
            console.print()
        _print_block(console, block, look)
    return sheet.getvalue()


def _print_block(console: Console, block: Block, look: Repl) -> None:
    match block:
        case str():
            console.print(_harmless(block))
        case Table() if _least_width(block) > console.width:
            _print_paragraphs(console, block)
        case Table():
            console.print(_rich_table(block, console.width))
        case Bars():
            console.print(_rich_bars(block, console.width))
        case Transcript():
            _print_transcript(console, block, look)


def _harmless(text: str, style: str = "") -> Text:
    """Text from outside, to be drawn; Rich itself lets escape sequences through."""
    return Text(for_terminal(text), style=style)


def _rich_table(table: Table, width: int) -> RichTable:
    titles = [column.title for column in table.columns]
    drawn = _frame(table.title, header=any(titles))
    for number, column in enumerate(table.columns):
        if column.title == PREVIEW:  # gives way to the other columns, on one line
            room = width - _width_without(table, number)
            drawn.add_column(
                PREVIEW, no_wrap=True, overflow="ellipsis", max_width=max(MINIMUM, room)
            )
        else:
            justify: JustifyMethod = "right" if column.right else "left"
            drawn.add_column(
                _harmless(column.title), justify=justify, overflow="fold", no_wrap=column.right
            )
    for row in table.rows:
        drawn.add_row(*map(_harmless, row))
    return drawn


def _least_width(table: Table) -> int:
    """The narrowest window in which figures stay whole; 0 where a table has none."""
    if not any(column.right for column in table.columns):
        return 0
    widths = []
    texts = zip(*([column.title for column in table.columns], *table.rows), strict=True)
    for column, cells in zip(table.columns, texts, strict=True):
        longest = max(map(cell_len, cells))
        bound = MINIMUM if column.title == PREVIEW else LONGEST_WORD
        widths.append(longest if column.right else min(longest, bound))
    return sum(widths) + GAP * (len(widths) - 1)


def _print_paragraphs(console: Console, table: Table) -> None:
    """Each row as a text that names its figures, for a window too narrow for columns."""
    if table.title:
        console.print(_harmless(table.title, "bold"))
    for row in table.rows:
        cells = [
            f"{column.title} {cell}" if column.right else cell
            for column, cell in zip(table.columns, row, strict=True)
            if cell
        ]
        console.print(_harmless(" · ".join(cells)))


def _frame(title: str, *, header: bool) -> RichTable:
    return RichTable(
        title=_harmless(title, "bold") if title else None,
        title_justify="left",
        show_header=header,
        header_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
    )


def _width_without(table: Table, number: int) -> int:
    """The columns that all but one of a table's columns take."""
    texts = zip(*([column.title for column in table.columns], *table.rows), strict=True)
    widths = [max(map(cell_len, column)) + GAP for column in texts]
    return sum(widths) - widths[number]


def _rich_bars(bars: Bars, width: int) -> RichTable:
    longest = max((value for _, value in bars.bars if value), default=0.0)
    names = max((cell_len(name) for name, _ in bars.bars), default=0)
    room = max(MINIMUM, min(BAR_WIDTH, width - names - FIGURE_WIDTH - 2 * GAP))
    drawn = _frame(heading_of(bars), header=False)
    drawn.add_column(overflow="fold")
    drawn.add_column(justify="right", no_wrap=True)
    drawn.add_column(no_wrap=True)
    for name, value in bars.bars:
        figure = "unknown" if value is None else f"{value:,.0f}"
        bar = Text(bar_of(value or 0.0, longest, "█", room), style="cyan")
        drawn.add_row(_harmless(name), figure, bar)
    return drawn


def _print_transcript(console: Console, transcript: Transcript, look: Repl) -> None:
    console.print(Text(headline(transcript.session), style="bold"))
    if transcript.omitted:
        console.print(Text(f"{count(transcript.omitted, 'earlier turn')} not shown", style="dim"))
    theme = Theme.detect(os.environ, look.theme)

    def render(text: str) -> str:
        return render_markdown(text, console.width, theme, links=look.links)

    for turn in transcript.turns:
        console.print()
        _print_turn(console, turn, render)


def _print_turn(console: Console, turn: Turn, render: Callable[[str], str]) -> None:
    style = "green" if turn.role is Role.USER else "cyan"
    console.print(Rule(Text(speaker(turn), style=style), style="dim", align="left"))
    if turn.role is Role.USER:
        console.print(_harmless(turn.content))
    elif turn.content:
        console.file.write(render(turn.content))
    why = shortfall(turn)
    if why:
        console.print(Text(f"[{why}]", style="yellow"))

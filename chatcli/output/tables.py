"""Blocks on a terminal: Rich tables, bars and rendered conversations."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.rule import Rule
from rich.table import Table as RichTable
from rich.text import Text

from chatcli.commands.registry import Bars, Block, Table, Transcript
from chatcli.commands.wording import count, shortfall
from chatcli.config.model import Repl
from chatcli.core.model import Role, Turn
from chatcli.core.text import for_terminal
from chatcli.markdown import Theme, render_markdown
from chatcli.output.plain import bar_of, heading_of, headline, speaker


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
            console.print(Text(for_terminal(block)))
        case Table():
            console.print(_rich_table(block))
        case Bars():
            console.print(_rich_bars(block))
        case Transcript():
            _print_transcript(console, block, look)


def _rich_table(table: Table) -> RichTable:
    titles = [column.title for column in table.columns]
    drawn = RichTable(
        title=table.title or None,
        title_justify="left",
        title_style="bold",
        show_header=any(titles),
        header_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for column in table.columns:
        drawn.add_column(
            Text(column.title),
            justify="right" if column.right else "left",
            overflow="ellipsis" if column.title == "preview" else "fold",
            no_wrap=column.title == "preview",
        )
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    return drawn


def _rich_bars(bars: Bars) -> RichTable:
    longest = max((value for _, value in bars.bars if value), default=0.0)
    drawn = RichTable(
        title=heading_of(bars),
        title_justify="left",
        title_style="bold",
        show_header=False,
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    drawn.add_column()
    drawn.add_column(justify="right")
    drawn.add_column(no_wrap=True, overflow="crop")
    for name, value in bars.bars:
        figure = "unknown" if value is None else f"{value:,.0f}"
        drawn.add_row(Text(name), figure, Text(bar_of(value or 0.0, longest, "█"), style="cyan"))
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
        console.print(Text(for_terminal(turn.content)))
    elif turn.content:
        console.file.write(render(turn.content))
    why = shortfall(turn)
    if why:
        console.print(Text(f"[{why}]", style="yellow"))

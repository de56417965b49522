"""Blocks as plain text, for pipes, files and terminals without colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from chatcli.commands.registry import Bars, Block, Table, Transcript
from chatcli.commands.wording import count, shortfall
from chatcli.core.model import Role, Session, SessionState, Turn
from chatcli.core.text import for_terminal, one_line

BAR_WIDTH = 40


def plain_text(blocks: Iterable[Block], *, source: bool = False) -> str:
    """All blocks, a blank line between two; each line ends with a newline.

    With `source` the turns of a transcript are exactly as they were written; without, control
    characters in them are made visible.
    """
    texts = (_block_text(block, source=source) for block in blocks)
    return "\n".join(text if text.endswith("\n") else f"{text}\n" for text in texts if text)


def _block_text(block: Block, *, source: bool) -> str:
    match block:
        case str():
            return for_terminal(block)
        case Table():
            return _table_text(block)
        case Bars():
            return _bars_text(block)
        case Transcript():
            return _transcript_text(block, source=source)


def _table_text(table: Table) -> str:
    titles = [column.title.upper() for column in table.columns]
    lines = [*([titles] if any(titles) else []), *map(list, table.rows)]
    widths = [max(map(cells_of, column)) for column in zip(*lines, strict=True)]
    right = [column.right for column in table.columns]
    text = "".join(_line(cells, widths, right) for cells in lines)
    return f"{table.title}\n{text}" if table.title else text


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        blanks = " " * (width - cells_of(cell))
        padded.append(blanks + cell if to_right else cell + blanks)
    return f"{'  '.join(padded).rstrip()}\n"


def cells_of(text: str) -> int:
    """How many columns a text takes: wide letters two, combining marks none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _bars_text(bars: Bars) -> str:
    longest = max((value for _, value in bars.bars if value), default=0.0)
    rows = tuple(
        (name, "unknown", "") if value is None else (name, f"{value:,.0f}", bar_of(value, longest))
        for name, value in bars.bars
    )
    lines = [list(row) for row in rows]
    widths = [max(map(cells_of, column)) for column in zip(*lines, strict=True)]
    text = "".join(_line(cells, widths, (False, True, False)) for cells in lines)
    return f"{heading_of(bars)}\n{text}"


def heading_of(bars: Bars) -> str:
    """What stands above a bar chart: the title, and the unit where the title does not tell."""
    told = bars.unit.lower() in bars.title.lower()
    return bars.title if told else f"{bars.title} ({bars.unit})"


def bar_of(value: float, longest: float, sign: str = "#", width: int = BAR_WIDTH) -> str:
    """A bar in proportion, at most `width` signs; anything above 0 gets at least one."""
    if value <= 0 or longest <= 0:
        return ""
    return sign * max(1, round(width * value / longest))


def _transcript_text(transcript: Transcript, *, source: bool) -> str:
    parts = [headline(transcript.session)]
    if transcript.omitted:
        parts.append(f"({count(transcript.omitted, 'earlier turn')} not shown)")
    parts.extend(_turn_text(turn, source=source) for turn in transcript.turns)
    return "\n\n".join(parts)


def headline(session: Session) -> str:
    """A session in one line, above its turns."""
    state = ", ended" if session.state is SessionState.ENDED else ""
    turns = count(session.turns, "turn")
    return f"session {one_line(session.name)}, {one_line(session.model)}, {turns}{state}"


def speaker(turn: Turn) -> str:
    """Who wrote a turn, and when (local time)."""
    who = "you" if turn.role is Role.USER else one_line(turn.model_used or turn.model or "reply")
    return f"{who}, {datetime.fromtimestamp(turn.created_at).astimezone():%Y-%m-%d %H:%M}"


def _turn_text(turn: Turn, *, source: bool) -> str:
    text = turn.content if source else for_terminal(turn.content)
    why = shortfall(turn)
    lines = [f"--- {speaker(turn)}", *([text.rstrip("\n")] if text else [])]
    if why:
        lines.append(f"[{why}]")
    return "\n".join(lines)

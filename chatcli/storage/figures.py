"""What `stats` shows: sums and medians over the replies, by model and by day."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypeVar

from chatcli.core.model import SessionState, TurnStatus
from chatcli.core.stats import Figures, Row
from chatcli.storage.rows import unreadable
from chatcli.storage.sessions import session_by_id
from chatcli.storage.transaction import Transaction
from chatcli.storage.turns import shown, stored_turn

_MODEL_AND_DAY = """
    coalesce(nullif(model_used, ''), nullif(model, ''), 'unknown'), date(created_at, 'unixepoch')
"""
_SUMS = f"""
    SELECT {_MODEL_AND_DAY}, status,
        input_tokens IS NOT NULL OR output_tokens IS NOT NULL OR cost_usd IS NOT NULL,
        count(*), sum(input_tokens), sum(output_tokens), sum(cost_usd)
    FROM turns WHERE role = 'assistant'
"""
# The speed is that of the writing, without the wait for the first token; a reply that came in
# one piece has none of its own, so its whole time counts.
_SPEEDS = f"""
    SELECT {_MODEL_AND_DAY}, first_token_seconds, output_tokens / CASE
        WHEN total_seconds - first_token_seconds > 0.01 THEN total_seconds - first_token_seconds
        WHEN total_seconds > 0 THEN total_seconds END
    FROM turns WHERE role = 'assistant' AND total_seconds IS NOT NULL
"""
_Number = TypeVar("_Number", int, float)
_TEXT_CAME = (TurnStatus.COMPLETE, TurnStatus.INCOMPLETE)


@dataclass(slots=True)
class _Cell:
    """Replies of one model on one day."""

    replies: int = 0
    unknown_usage: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    first_tokens: array[float] = field(default_factory=lambda: array("d"))
    speeds: array[float] = field(default_factory=lambda: array("d"))


_Cells = dict[tuple[str, str], _Cell]


def figures(tx: Transaction, session_id: str | None) -> Figures:
    """Figures over one session or all.

    Turns count as the conversations stand. Replies count wherever they are in the tree, for
    they cost the same; a failed one counts among models and days only if it has usage.

    Raises:
        SessionNotFoundError: there is no such session.
        sqlite3.DatabaseError: a column holds what chatcli never wrote there.
    """
    try:
        return _figures(tx, session_id)
    except (TypeError, ValueError) as error:  # a text or an infinity where a figure belongs
        raise unreadable(error) from error


def _figures(tx: Transaction, session_id: str | None) -> Figures:
    active, ended, turns = _sessions(tx, session_id)
    cells, statuses = _sums(tx, session_id)
    _add_speeds(tx, session_id, cells)
    for before, after, fewer in _interruptions(tx, session_id):
        statuses[before] -= 1
        statuses[after] += 1
        turns -= fewer
    return Figures(
        active_sessions=active,
        ended_sessions=ended,
        total_turns=turns,
        replies_by_status={status: count for status, count in statuses.items() if count},
        total=_row(cells.values()),
        by_model=_rows(cells, 0),
        by_day=_rows(cells, 1),
    )


def _sessions(tx: Transaction, session_id: str | None) -> tuple[int, int, int]:
    """Active sessions, ended ones, turns."""
    if session_id is not None:
        active = session_by_id(tx, session_id).state is SessionState.ACTIVE
        turns = tx.value("SELECT turns FROM sessions WHERE id = ?", session_id)
        return int(active), int(not active), turns
    active = tx.value("SELECT count(*) FROM sessions WHERE state = 'active'")
    ended = tx.value("SELECT count(*) FROM sessions") - active
    return active, ended, tx.value("SELECT coalesce(sum(turns), 0) FROM sessions")


def _sums(tx: Transaction, session_id: str | None) -> tuple[_Cells, dict[str, int]]:
    cells: _Cells = defaultdict(_Cell)
    statuses: dict[str, int] = defaultdict(int)
    sql, values = _narrowed(_SUMS, session_id)
    for model, day, status, known, count, *sums in tx.rows(sql + " GROUP BY 1, 2, 3, 4", *values):
        if day is None:
            raise ValueError("a time that is none")
        statuses[status] += count
        if status in _TEXT_CAME or known:
            cell = cells[model, day]
            cell.replies += count
            cell.unknown_usage += 0 if known else count
            cell.input_tokens = _plus(cell.input_tokens, sums[0])
            cell.output_tokens = _plus(cell.output_tokens, sums[1])
            cell.cost_usd = _plus(cell.cost_usd, sums[2])
    return cells, statuses


def _add_speeds(tx: Transaction, session_id: str | None, cells: _Cells) -> None:
    sql, values = _narrowed(_SPEEDS, session_id)
    for model, day, first_token, speed in tx.connection.execute(sql, values):
        cell = cells.get((model, day))
        if cell is not None:
            if first_token is not None:
                cell.first_tokens.append(first_token)
            if speed is not None:
                cell.speeds.append(speed)


def _interruptions(
    tx: Transaction, session_id: str | None
) -> list[tuple[TurnStatus, TurnStatus, int]]:
    """Abandoned replies: status stored, status shown, turns not to count."""
    sql = "SELECT turn_id FROM leases WHERE ? IS NULL OR session_id = ?"
    stored = [stored_turn(tx, turn_id) for (turn_id,) in tx.rows(sql, session_id, session_id)]
    pairs = [(turn, shown(tx, turn)) for turn in stored]
    return [(turn.status, now.status, turn.position - now.position) for turn, now in pairs]


def _narrowed(sql: str, session_id: str | None) -> tuple[str, tuple[str, ...]]:
    return (sql, ()) if session_id is None else (sql + " AND session_id = ?", (session_id,))


def _rows(cells: _Cells, part: int) -> dict[str, Row]:
    """Rows by model (part 0 of a cell's key) or by day (part 1), in order."""
    groups: dict[str, list[_Cell]] = defaultdict(list)
    for key, cell in cells.items():
        groups[key[part]].append(cell)
    return {name: _row(groups[name]) for name in sorted(groups)}


def _row(cells: Collection[_Cell]) -> Row:
    row = _Cell()
    for cell in cells:
        row.replies += cell.replies
        row.unknown_usage += cell.unknown_usage
        row.input_tokens = _plus(row.input_tokens, cell.input_tokens)
        row.output_tokens = _plus(row.output_tokens, cell.output_tokens)
        row.cost_usd = _plus(row.cost_usd, cell.cost_usd)
        row.first_tokens.extend(cell.first_tokens)
        row.speeds.extend(cell.speeds)
    return Row(
        replies=row.replies,
        unknown_usage=row.unknown_usage,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
        median_first_token_seconds=_median(row.first_tokens),
        median_tokens_per_second=_median(row.speeds),
    )


def _plus(one: _Number | None, other: _Number | None) -> _Number | None:
    """The sum of what is known. Raises ValueError: it is not a finite number."""
    known = [_finite(number) for number in (one, other) if number is not None]
    return sum(known[1:], known[0]) if known else None


def _finite(number: _Number) -> _Number:
    if not math.isfinite(number):
        raise ValueError(f"the figure {number}")
    return number


def _median(values: array[float]) -> float | None:
    """The median; None without values."""
    ordered = sorted(values)
    if not ordered:
        return None
    for outermost in (ordered[0], ordered[-1]):
        _finite(outermost)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2

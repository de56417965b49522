"""From rows of the database to Turns, and from values to what a column can hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chatcli.core.model import Fault, Reasoning, Role, Turn, TurnStatus, Usage
from chatcli.core.text import encodable
from chatcli.storage.transaction import Row

TURN_COLUMNS = """
    id, session_id, parent_id, role, content, status, created_at, position, model, model_used,
    finish_reason, input_tokens, output_tokens, cost_usd, first_token_seconds, total_seconds,
    reasoning_text, reasoning_backend, reasoning_raw, error_kind, error_message, error_hint
"""
"""In the order of Turn's fields, and of those of the values in it."""

Kinds = tuple[tuple[type, ...], ...]
"""For each column of a row, the types that its values may have."""
TEXT, NUMBER, REAL = (str,), (int,), (float,)
MAYBE_TEXT, MAYBE_NUMBER, MAYBE_REAL = ((kind, type(None)) for kind in (str, int, float))
_TURN_KINDS: Kinds = (
    *(NUMBER, TEXT, MAYBE_NUMBER, TEXT, TEXT, TEXT, REAL, NUMBER, TEXT, TEXT),
    *(MAYBE_TEXT, MAYBE_NUMBER, MAYBE_NUMBER, MAYBE_REAL, MAYBE_REAL, MAYBE_REAL),
    *(TEXT, TEXT, TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT),
)
_FIRST_TIME, _LAST_TIME = -62e9, 253e9
"""Unix seconds of the years that a calendar can show, 5 to 9987."""
_LARGEST_FIGURE = 10**12
_NO_REASONING = Reasoning()
_NO_USAGE = (None, None, None)


def turn_of(row: Row) -> Turn:
    """A Turn from a row of TURN_COLUMNS.

    Raises:
        sqlite3.DatabaseError: a column holds what chatcli never wrote there.
    """
    turn_id, session_id, parent_id, role, content, status, created_at, position = row[:8]
    model, model_used, finish_reason = row[8:11]
    try:
        check(row, _TURN_KINDS, created_at)
        return Turn(
            id=turn_id,
            session_id=session_id,
            parent_id=parent_id,
            role=Role(role),
            content=content,
            status=TurnStatus(status),
            created_at=created_at,
            position=position,
            model=model,
            model_used=model_used,
            finish_reason=finish_reason,
            usage=None if row[11:14] == _NO_USAGE else Usage(*row[11:14]),
            first_token_seconds=row[14],
            total_seconds=row[15],
            reasoning=Reasoning(*row[16:19]) if any(row[16:19]) else _NO_REASONING,
            error=None if row[19] is None else Fault(*row[19:22]),
        )
    except ValueError as error:
        raise unreadable(error) from error


def check(row: Row, kinds: Kinds, *times: float) -> None:
    """Raises ValueError: a value's type is not its column's, or a time is not one."""
    place = _misfit(tuple(map(type, row)), kinds)
    if place is not None:
        raise ValueError(f"{type(row[place]).__name__} in column {place + 1}")
    for time in times:
        if not _FIRST_TIME < time < _LAST_TIME:
            raise ValueError(f"the time {time}")


@lru_cache
def _misfit(found: tuple[type, ...], kinds: Kinds) -> int | None:
    """The place of the first type that does not fit; few combinations ever occur."""
    pairs = enumerate(zip(found, kinds, strict=True))
    return next((place for place, (kind, fits) in pairs if kind not in fits), None)


def unreadable(error: Exception) -> sqlite3.DatabaseError:
    """A row that SQLite reads and we do not: the file was changed from outside."""
    return sqlite3.DatabaseError(f"a row holds something unknown: {error}")


def ending_values(turn: Turn) -> tuple[object, ...]:
    """What a reply's end sets, in the order of the UPDATE in `replies`."""
    usage, error, reasoning = turn.usage or Usage(), turn.error, turn.reasoning
    return (
        turn.status,
        turn.position,
        encodable(turn.content),
        encodable(turn.model_used),
        None if turn.finish_reason is None else encodable(turn.finish_reason),
        known(usage.input_tokens),
        known(usage.output_tokens),
        known(usage.cost_usd),
        known(turn.first_token_seconds),
        known(turn.total_seconds),
        encodable(reasoning.text),
        encodable(reasoning.backend),
        encodable(reasoning.raw),
        None if error is None else encodable(error.kind),
        None if error is None else encodable(error.message),
        None if error is None else encodable(error.hint),
    )


def known(figure: float | None) -> float | None:
    """A usable figure; one that a server made up (-1, 1e999) is unknown."""
    return figure if figure is not None and 0 <= figure <= _LARGEST_FIGURE else None


def to_json(values: Mapping[str, Any]) -> str:
    """A mapping as JSON text."""
    if not values:
        return "{}"
    import json

    return encodable(json.dumps(dict(values), ensure_ascii=False))


def from_json(text: str) -> dict[str, Any]:
    """The mapping back; raises ValueError where there is none."""
    if text == "{}":
        return {}
    import json

    try:
        values = json.loads(text)
    except RecursionError as error:
        raise ValueError("JSON that is nested too deeply") from error
    if not isinstance(values, dict):
        raise ValueError("JSON that is no object")  # noqa: TRY004 - of a value, not of a call
    return values

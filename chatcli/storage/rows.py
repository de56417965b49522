"""Rows of the database to Turns, and values to what a column can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatcli.core.model import Fault, Reasoning, Role, Turn, TurnStatus, Usage
from chatcli.core.text import encodable
from chatcli.storage.transaction import Row

TURN_COLUMNS = """
    id, session_id, parent_id, role, content, status, created_at, position, model, model_used,
    finish_reason, input_tokens, output_tokens, cost_usd, first_token_seconds, total_seconds,
    reasoning_text, reasoning_backend, reasoning_raw, error_kind, error_message, error_hint
"""

_LARGEST_FIGURE = 10**12
_NO_REASONING = Reasoning()


def turn_of(row: Row) -> Turn:
    """A Turn from a row of TURN_COLUMNS."""
    (
        turn_id,
        session_id,
        parent_id,
        role,
        content,
        status,
        created_at,
        position,
        model,
        model_used,
        finish_reason,
        input_tokens,
        output_tokens,
        cost,
        first_token_seconds,
        total_seconds,
        thought,
        backend,
        raw,
        error_kind,
        error_message,
        error_hint,
    ) = row
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
        usage=_usage(input_tokens, output_tokens, cost),
        first_token_seconds=first_token_seconds,
        total_seconds=total_seconds,
        reasoning=Reasoning(thought, backend, raw) if thought or backend or raw else _NO_REASONING,
        error=None if error_kind is None else Fault(error_kind, error_message, error_hint),
    )


def _usage(tokens_in: int | None, tokens_out: int | None, cost: float | None) -> Usage | None:
    if tokens_in is None and tokens_out is None and cost is None:
        return None
    return Usage(tokens_in, tokens_out, cost)


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
    """A figure that can be counted with; what a server made up (-1, 1e999) is unknown."""
    return figure if figure is not None and 0 <= figure <= _LARGEST_FIGURE else None


def to_json(values: Mapping[str, Any]) -> str:
    """A mapping as JSON text."""
    if not values:
        return "{}"
    import json

    return encodable(json.dumps(dict(values), ensure_ascii=False))


def from_json(text: str) -> dict[str, Any]:
    """The mapping back."""
    if text == "{}":
        return {}
    import json

    values: dict[str, Any] = json.loads(text)
    return values

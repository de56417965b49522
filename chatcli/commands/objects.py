"""Turns, replies and faults as JSON objects; the fields that scripts rely on."""

from __future__ import annotations

from typing import Any

from chatcli.core.model import Fault, Role, Session, Turn, TurnStatus, Usage, iso
from chatcli.errors import ChatcliError


def session_object(session: Session) -> dict[str, str]:
    """The session of a reply: `id` and `name`."""
    return {"id": session.id, "name": session.name}


def turn_object(turn: Turn) -> dict[str, Any]:
    """One turn of `history --json`; a reply has more fields than a prompt."""
    value: dict[str, Any] = {
        "id": turn.id,
        "role": turn.role.value,
        "content": turn.content,
        "status": turn.status.value,
        "created_at": iso(turn.created_at),
    }
    if turn.role is Role.ASSISTANT:
        value |= {"reasoning": turn.reasoning.text, **_reply_fields(turn)}
    return value


def reply_object(turn: Turn, session: Session) -> dict[str, Any]:
    """What `send --json` prints for a reply, whole or not."""
    return {
        "session": session_object(session),
        "turn": turn.id,
        "text": turn.content,
        "reasoning": turn.reasoning.text,
        **_reply_fields(turn),
    }


def refusal_object(error: ChatcliError, session: Session | None = None) -> dict[str, Any]:
    """What `send --json` prints when no reply could begin; the same fields."""
    return {
        "session": session_object(session) if session else None,
        "turn": None,
        "text": "",
        "reasoning": "",
        "model": session.model if session else "",
        "model_used": "",
        "status": TurnStatus.FAILED.value,
        "finish_reason": None,
        "usage": None,
        "cost_usd": None,
        "seconds": {"first_token": None, "total": None},
        "error": error_object(error),
    }


def error_object(error: ChatcliError) -> dict[str, str]:
    """The object of an exception."""
    return {"kind": error.kind, "message": error.message, "hint": error.hint}


def fault_object(fault: Fault | None) -> dict[str, str] | None:
    """The object of a fault stored with a turn."""
    if fault is None:
        return None
    return {"kind": fault.kind, "message": fault.message, "hint": fault.hint}


def _reply_fields(turn: Turn) -> dict[str, Any]:
    return {
        "model": turn.model,
        "model_used": turn.model_used,
        "status": turn.status.value,
        "finish_reason": turn.finish_reason,
        "usage": _usage_object(turn.usage),
        "cost_usd": turn.usage.cost_usd if turn.usage else None,
        "seconds": {
            "first_token": _milliseconds(turn.first_token_seconds),
            "total": _milliseconds(turn.total_seconds),
        },
        "error": fault_object(turn.error),
    }


def _milliseconds(seconds: float | None) -> float | None:
    """Seconds rounded to the millisecond."""
    return None if seconds is None else round(seconds, 3)


def _usage_object(usage: Usage | None) -> dict[str, int | None] | None:
    if usage is None or (usage.input_tokens is None and usage.output_tokens is None):
        return None
    return {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}

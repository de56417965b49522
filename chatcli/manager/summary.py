"""Summaries of sessions and figures, for people and scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any

from chatcli.config import Limits
from chatcli.core.model import Role, Session, Turn
from chatcli.core.stats import Figures
from chatcli.core.window import answered
from chatcli.errors import ContextTooLongError

SUMMARY_PROMPT = (
    "Summarize the conversation so far in at most five sentences: what was asked, what was "
    "found, what is still open. Reply with the summary only."
)

COMPACTED_PROMPT = "(Summary of the conversation so far:)"
"""Stands where the compacted turns were; the summary is its reply."""
FEWEST_TURNS = 4
"""A shorter conversation is not worth compacting."""
FIRST_MESSAGE_CHARACTERS = 100


async def written_summary(turns: Sequence[Turn], ask: Callable[[str], Awaitable[str]]) -> str:
    """A summary by the model behind `ask`; of the newer half where all is too long for it.

    Raises BackendError; ContextTooLongError once a single exchange is too long.
    """
    turns = answered(turns)
    while True:
        lines = [f"{turn.role}: {turn.content}" for turn in turns]
        try:
            return await ask("\n\n".join([*lines, SUMMARY_PROMPT]))
        except ContextTooLongError:
            if len(turns) < FEWEST_TURNS:
                raise
            turns = turns[len(turns) // 4 * 2 :]


def summary_of(session: Session, turns: Sequence[Turn]) -> dict[str, Any]:
    """A finished conversation: model, turns, duration in seconds, start of the first message."""
    first = next((turn.content for turn in turns if turn.role is Role.USER), "")
    cut = first[:FIRST_MESSAGE_CHARACTERS]
    return {
        "session_id": session.id,
        "name": session.name,
        "model": session.model,
        "turns": session.turns,
        "duration_seconds": round(max(0.0, session.last_activity - session.created_at), 3),
        "first_message": f"{cut}..." if len(first) > len(cut) else cut,
    }


def stats_of(figures: Figures, limits: Limits) -> dict[str, Any]:
    """Figures and limits as JSON; what is unknown is None."""
    return {
        "active_sessions": figures.active_sessions,
        "ended_sessions": figures.ended_sessions,
        "max_sessions": limits.max_sessions,
        "total_turns": figures.total_turns,
        "max_turns_per_session": limits.max_turns_per_session,
        "replies_by_status": dict(figures.replies_by_status),
        **asdict(figures.total),
        "by_model": {name: asdict(row) for name, row in figures.by_model.items()},
        "by_day": {day: asdict(row) for day, row in figures.by_day.items()},
    }

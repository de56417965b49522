"""Times, figures and faults as people read them in tables and notes."""

from __future__ import annotations

import math

from chatcli.core.model import Session, SessionState, Turn, TurnStatus
from chatcli.core.text import one_line

MOST_PLACES = 12
"""Of a cost below one dollar; what costs less than that is free."""
_AGES = (
    (86400 * 365, "year"),
    (86400 * 30, "month"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
)


def age(seconds: float) -> str:
    """How long ago, given in seconds: `3 hours ago`; `just now` below a minute."""
    for size, unit in _AGES:
        if seconds >= size:
            return f"{count(int(seconds // size), unit)} ago"
    return "just now"


def count(number: int, unit: str) -> str:
    """`1 turn`, `2 turns`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def seconds_text(seconds: float | None) -> str:
    """A duration: `0.42 s`, `12 s`, `3 min 5 s`; `unknown` for None."""
    if seconds is None:
        return "unknown"
    if seconds < 10:  # noqa: PLR2004 - below, hundredths are worth a look
        return f"{seconds:.2f} s"
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def number_text(value: float | None) -> str:
    """A count with thin groups: `12,345`; `unknown` for None."""
    return "unknown" if value is None else f"{value:,.0f}"


def rate_text(value: float | None) -> str:
    """Tokens per second with one decimal; `unknown` for None."""
    return "unknown" if value is None else f"{value:,.1f}"


def dollars(value: float | None) -> str:
    """US dollars with as many places as a cheap reply needs; `unknown` for None."""
    if value is None:
        return "unknown"
    if value >= 1:
        return f"${value:,.2f}"
    places = min(MOST_PLACES, max(4, math.ceil(-math.log10(value)))) if value > 0 else 4
    return f"${value:.{places}f}"


def state_of(session: Session) -> str:
    """What a list says about a session: writing, ended, unread; empty when it is idle."""
    if session.writing:
        return "writing"
    if session.state is SessionState.ENDED:
        return "ended"
    return f"{session.unread} unread" if session.unread else ""


def shortfall(turn: Turn) -> str:
    """Why a reply is not whole, in one line; empty for a complete one."""
    if turn.status is TurnStatus.STREAMING:
        return "being written"
    if turn.status is TurnStatus.COMPLETE:
        return ""
    reason = one_line(turn.error.message) if turn.error else _REASONS.get(turn.finish_reason or "")
    return f"{turn.status.value}: {reason}" if reason else turn.status.value


_REASONS = {
    "length": "the model stopped at its length limit",
    "content_filter": "the server's filter stopped it",
}

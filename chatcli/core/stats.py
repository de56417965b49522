"""Figures over sessions and replies; unknown is None, never 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one group of replies (a model, a day, or all). Times in seconds.

    A sum is over the replies whose figure is known, None where none is;
    `unknown_usage` counts replies without usage.
    """

    replies: int = 0
    unknown_usage: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    median_first_token_seconds: float | None = None
    median_tokens_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What `stats` shows; `days` are UTC dates `YYYY-MM-DD`, oldest first."""

    active_sessions: int = 0
    ended_sessions: int = 0
    total_turns: int = 0
    replies_by_status: Mapping[str, int] = field(default_factory=dict)
    total: Row = Row()
    by_model: Mapping[str, Row] = field(default_factory=dict)
    by_day: Mapping[str, Row] = field(default_factory=dict)

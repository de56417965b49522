"""Sessions, turns and what belongs to them; plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PREVIEW_CHARACTERS = 50
EMPTY_PREVIEW = "Empty"
COMPACTED = "compacted"
"""The finish reason of a summary that stands for the turns before it."""
ABOUT = "about"
"""The key in a one-off's metadata under which it names the session that it sums up."""


class Role(StrEnum):
    """Who wrote a turn."""

    USER = "user"
    ASSISTANT = "assistant"


class TurnStatus(StrEnum):
    """How far a reply got; a user's turn is always complete."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class SessionState(StrEnum):
    """An ended session stays readable, searchable and restorable."""

    ACTIVE = "active"
    ENDED = "ended"


class EndedBy(StrEnum):
    """Why a session ended; one ended by a limit is reactivated when a message is sent to it."""

    USER = "user"
    LIMIT = "limit"
    ONE_OFF = "one_off"


class EarlyEnd(StrEnum):
    """Why a server ended a reply before the model was done."""

    LENGTH = "length"
    """The limit of the output."""
    FILTER = "filter"
    FULL = "full"
    """The model's context."""
    FAULT = "fault"


_EARLY_ENDS = {
    EarlyEnd.LENGTH: "length max_tokens max_output_tokens",
    # OpenAI; Gemini's own words, which bridges hand on; z.ai; Anthropic; Bedrock; Cohere
    EarlyEnd.FILTER: "content_filter safety recitation blocklist prohibited_content spii "
    "image_safety sensitive refusal content_filtered guardrail_intervened error_toxic",
    # z.ai, Anthropic; Mistral; Cohere
    EarlyEnd.FULL: "model_context_window_exceeded model_length error_limit",
    # OpenRouter; vLLM; DeepSeek; z.ai; gateways; Gemini
    EarlyEnd.FAULT: "error abort insufficient_system_resource network_error timeout time_limit "
    "cancelled canceled user_cancel malformed_function_call",
}
_BY_REASON = {reason: end for end, reasons in _EARLY_ENDS.items() for reason in reasons.split()}


def early_end(finish_reason: str | None) -> EarlyEnd | None:
    """What a finish reason of any known server says about a reply that is not complete.

    Capitals do not matter, nor what follows a colon: Gemini has `content_filter: SAFETY`.
    """
    return _BY_REASON.get((finish_reason or "").partition(":")[0].strip().lower())


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and cost of one reply; None means unknown, never 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as it is stored with a turn and shown in JSON."""

    kind: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A model's reasoning before its answer.

    `text` may be shown; `backend` and `raw` (the server's own JSON, or "") are kept so that it
    can be sent back to the backend it came from, and only there.
    """

    text: str = ""
    backend: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation, as the store holds it.

    `position` counts the turns from the conversation's start up to this one; a failed reply
    and its prompt do not count. Times are Unix seconds; durations are seconds.
    """

    id: int
    session_id: str
    parent_id: int | None
    role: Role
    content: str
    status: TurnStatus
    created_at: float
    position: int
    model: str = ""
    model_used: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    first_token_seconds: float | None = None
    total_seconds: float | None = None
    reasoning: Reasoning = Reasoning()
    error: Fault | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A named conversation, as the store holds it.

    `model` is what the user asked for: BACKEND/MODEL, MODEL or an alias. `turns` counts the
    turns of the current conversation, and `head_id` is the newest of them. `options` are the
    model parameters set for this session. `unread` counts the replies that have not been shown
    to the user. `writing` is true while any live process is writing a reply in it.
    """

    id: str
    name: str
    model: str
    system_prompt: str = ""
    state: SessionState = SessionState.ACTIVE
    created_at: float = 0.0
    last_activity: float = 0.0
    turns: int = 0
    preview: str = EMPTY_PREVIEW
    unread: int = 0
    head_id: int | None = None
    seen_id: int | None = None
    writing: bool = False
    ended_by: EndedBy | None = None
    draft: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def session_id(self) -> str:
        """The id, under the name used in lists and JSON."""
        return self.id

    @property
    def label(self) -> str:
        """How to refer to it in a sentence; a new one may have no name yet."""
        return f"session '{self.name}'" if self.name else "the new session"

    def entry(self) -> dict[str, Any]:
        """Its fields in lists and JSON; times are ISO 8601 in UTC."""
        return {
            "session_id": self.id,
            "name": self.name,
            "model": self.model,
            "turns": self.turns,
            "created_at": iso(self.created_at),
            "last_activity": iso(self.last_activity),
            "preview": self.preview or EMPTY_PREVIEW,
            "state": str(self.state),
            "unread": self.unread,
            "writing": self.writing,
        }

    def __getitem__(self, key: str) -> Any:
        """A field of its `entry`: `session["created_at"]`."""
        return self.entry()[key]


def preview_of(text: str) -> str:
    """The first 50 characters of a conversation's first message."""
    return text[:PREVIEW_CHARACTERS] or EMPTY_PREVIEW


def iso(seconds: float) -> str:
    """Unix seconds as ISO 8601 in UTC, to the millisecond: `2026-01-31T12:00:00.000Z`."""
    from datetime import UTC, datetime

    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")

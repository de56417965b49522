"""The port to whoever answers: requests, the parts of a reply, backends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from chatcli.core.model import Reasoning, Usage


class Message(NamedTuple):
    """One message as a backend gets it; `role` is system, user or assistant."""

    role: str
    content: str
    reasoning: Reasoning = Reasoning()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a model is asked. `options` are parameters the user set; nothing else is sent.

    `timeout` bounds the whole reply in seconds (None: only the configured limits do); so many
    of them as `elapsed` have passed already, another model was asked first for instance.
    """

    model: str
    messages: tuple[Message, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    timeout: float | None = None
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of the reply.

    A `tentative` one may turn out to be reasoning (a TextWasReasoningPart follows then). A part
    that is not, or the reply's end, says that it was text.
    """

    text: str
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """A piece of the reasoning; `raw` is a JSON fragment to keep for the same backend."""

    text: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class TextWasReasoningPart:
    """All text so far was reasoning: it belongs behind the reasoning so far, the text is empty."""


@dataclass(frozen=True, slots=True)
class UsagePart:
    """Usage so far; a later one replaces it."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class RetryPart:
    """Attempt number `attempt` (from 2) of `attempts` starts after `wait_seconds`."""

    attempt: int
    attempts: int
    wait_seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """Alive, but no text for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NoticePart:
    """Something about this reply that the user should know."""

    text: str


@dataclass(frozen=True, slots=True)
class EndPart:
    """The orderly end; `finish_reason` as the server gave it, or None."""

    finish_reason: str | None = None


StreamPart = (
    TextPart
    | ReasoningPart
    | TextWasReasoningPart
    | UsagePart
    | RetryPart
    | WaitingPart
    | NoticePart
    | EndPart
)


class ModelInfo(NamedTuple):
    """A model a backend offers; `context_tokens` is None where the server does not say."""

    id: str
    context_tokens: int | None = None


class Backend(Protocol):
    """A server that answers conversations."""

    @property
    def name(self) -> str:
        """The name it has in the configuration."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        """Yield the reply's parts, an EndPart last.

        Cancelling (or closing the generator) drops the connection at once.

        Raises:
            BackendError: the reply could not be had, or stopped early; parts yielded
                before stay valid. Nothing but BackendError is raised for a server's fault.
        """
        ...

    async def models(self) -> Sequence[ModelInfo]:
        """The models on offer; raises BackendError."""
        ...

    async def close(self) -> None:
        """Release connections and child processes."""
        ...


class Backends(Protocol):
    """The configured backends by name."""

    def get(self, name: str) -> Backend:
        """The backend of that name, built on first use; raises ConfigError."""
        ...

    async def close(self) -> None:
        """Close every backend that was built."""
        ...

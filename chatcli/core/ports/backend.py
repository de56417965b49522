"""The port `Backend`: requests, the parts of a reply, and what yields them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from chatcli.core.model import Reasoning, Usage


class Message(NamedTuple):
    """One message as sent to a backend; `role` is system, user or assistant."""

    role: str
    content: str
    reasoning: Reasoning = Reasoning()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a model is asked. `options` are the parameters set by the user; no others are sent.

    `timeout` limits the whole reply, in seconds (None: only the configured limits apply);
    `elapsed` seconds of it have passed already, because another model was asked first, say.
    """

    model: str
    messages: tuple[Message, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    timeout: float | None = None
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of the reply.

    A `tentative` one may turn out to be reasoning: then a TextWasReasoningPart follows. A part that
    is not tentative, or the end of the reply, confirms that it was text.
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
    """All text so far was reasoning: it is appended to the reasoning, and the text is empty now."""


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
    """The server is alive, but has sent no text for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NoticePart:
    """Something the user should know about this reply."""

    text: str


@dataclass(frozen=True, slots=True)
class EndPart:
    """The regular end of the reply; `finish_reason` is the server's, or None."""

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
    """A model of a backend; `context_tokens` is None if the server does not say."""

    id: str
    context_tokens: int | None = None


class Backend(Protocol):
    """Something that replies to conversations, usually a server."""

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        """Yield the reply's parts, an EndPart last.

        Cancelling, or closing the generator, drops the connection at once.

        Raises:
            BackendError: there is no reply, or it stopped early; the parts yielded before stay
                valid. Nothing else is raised for what a server does wrong.
        """
        ...

    async def models(self) -> Sequence[ModelInfo]:
        """The available models; raises BackendError."""
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

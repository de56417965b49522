"""Asks an OpenAIBackend against the fault server and collects everything that came back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chatcli.backends.openai.backend import OpenAIBackend
from chatcli.backends.openai.quirks import ForgetfulQuirks
from chatcli.config import BackendConfig
from chatcli.config.model import Retries, Timeouts
from chatcli.core.model import Usage
from chatcli.core.ports import (
    Backend,
    ChatRequest,
    EndPart,
    Message,
    NoticePart,
    ReasoningPart,
    StreamPart,
    UsagePart,
)
from chatcli.errors import BackendError
from tests.backends.heard import text_and_reasoning

T = TypeVar("T")
PATIENT = Timeouts(connect=10, first_token=60, idle=60)
HI = (Message("user", "Hi"),)


@dataclass
class Outcome:
    """The parts of a reply and the error that ended it, if one did."""

    parts: list[StreamPart] = field(default_factory=list)
    error: BackendError | None = None

    @property
    def text(self) -> str:
        return text_and_reasoning(self.parts)[0]

    @property
    def reasoning(self) -> str:
        return text_and_reasoning(self.parts)[1]

    @property
    def raw_reasoning(self) -> str:
        return "".join(part.raw for part in self.parts if isinstance(part, ReasoningPart))

    @property
    def usage(self) -> Usage | None:
        found = [part.usage for part in self.parts if isinstance(part, UsagePart)]
        return found[-1] if found else None

    @property
    def notices(self) -> list[str]:
        return [part.text for part in self.parts if isinstance(part, NoticePart)]

    @property
    def ended(self) -> bool:
        """Whether it ended in order: without error, an EndPart last and only there."""
        ends = [isinstance(part, EndPart) for part in self.parts]
        return self.error is None and ends[-1:] == [True] and ends.count(True) == 1

    @property
    def finish_reason(self) -> str | None:
        assert isinstance(self.parts[-1], EndPart)
        return self.parts[-1].finish_reason

    def of(self, kind: type[T]) -> list[T]:
        """The parts of one kind."""
        return [part for part in self.parts if isinstance(part, kind)]


def make_backend(
    base_url: str,
    *,
    key: str | Callable[[], str | None] | None = None,
    timeouts: Timeouts = PATIENT,
    max_retries: int = 0,
    quirks: ForgetfulQuirks | None = None,
    **config: Any,
) -> OpenAIBackend:
    """A backend named `test`; `config` are keys of its configuration."""
    return OpenAIBackend(
        "test",
        BackendConfig(base_url=base_url, **config),
        key=key if callable(key) else lambda: key,
        timeouts=timeouts,
        retries=Retries(max_retries=max_retries, max_wait=60),
        quirks=quirks or ForgetfulQuirks(),
    )


@asynccontextmanager
async def opened(backend: OpenAIBackend) -> AsyncIterator[OpenAIBackend]:
    """Close the backend afterwards."""
    try:
        yield backend
    finally:
        await backend.close()


async def asked(
    backend: Backend,
    model: str,
    messages: Sequence[Message] = HI,
    options: Mapping[str, object] | None = None,
    seconds: float | None = None,
) -> Outcome:
    """One reply, to its end; `seconds` bounds it."""
    outcome = Outcome()
    request = ChatRequest(model, tuple(messages), options or {}, seconds)
    try:
        async for part in backend.stream(request):
            outcome.parts.append(part)
    except BackendError as error:
        outcome.error = error
    return outcome


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, with a limit that only a hang reaches."""
    return asyncio.run(asyncio.wait_for(work, 60))


def ask(base_url: str, model: str, messages: Sequence[Message] = HI, **settings: Any) -> Outcome:
    """One reply from a backend of its own; `settings` as for `make_backend`."""
    options = settings.pop("options_sent", None)
    seconds = settings.pop("seconds", None)

    async def work() -> Outcome:
        async with opened(make_backend(base_url, **settings)) as backend:
            return await asked(backend, model, messages, options, seconds)

    return run(work())

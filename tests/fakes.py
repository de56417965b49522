"""Stand-ins at the edges of the program, named after what they stand in for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from chatcli.core.ports import Backend, ChatRequest, EndPart, ModelInfo, StreamPart, TextPart
from chatcli.errors import BackendError, ConfigError

Step = StreamPart | BaseException | asyncio.Event
"""A part to yield, an error to raise, or an event to wait for."""


@dataclass(slots=True)
class FakeBackend:
    """Plays one list of steps a request, the last one again when they run out."""

    name: str = "fake"
    plans: Sequence[Sequence[Step]] = ((TextPart("Hello"), TextPart(" there"), EndPart("stop")),)
    requests: list[ChatRequest] = field(default_factory=list)
    closed: bool = False

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        plan = self.plans[min(len(self.requests), len(self.plans) - 1)]
        self.requests.append(request)
        for step in plan:
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif isinstance(step, BaseException):
                raise step
            else:
                yield step

    async def models(self) -> Sequence[ModelInfo]:
        return [ModelInfo("one")]

    async def close(self) -> None:
        self.closed = True


class FakeBackends:
    """The given backends by name."""

    def __init__(self, *backends: Backend) -> None:
        self._backends: Mapping[str, Backend] = {b.name: b for b in backends}

    def get(self, name: str) -> Backend:
        if name not in self._backends:
            raise ConfigError(f"no backend '{name}'")
        return self._backends[name]

    async def close(self) -> None:
        for backend in self._backends.values():
            await backend.close()


def says(text: str, *, reason: str | None = "stop") -> list[Step]:
    """A plan that answers with `text`, word by word."""
    words = text.split(" ")
    spaced = [*(word + " " for word in words[:-1]), words[-1]]
    return [*map(TextPart, spaced), EndPart(reason)]


def fails(message: str = "it broke", after: str = "") -> list[Step]:
    """A plan that fails, after some text or at once."""
    return [*([TextPart(after)] if after else []), BackendError(message)]

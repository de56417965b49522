"""A backend that replays scripted replies: for demonstrations, and for tests without a server.

Without a script it has the models `echo` (repeats the message and counts what it was sent),
`lorem` (Markdown of every kind; option `times`), `slow`, and `fail` (options `kind`, `text`).
With one, `[backends.demo] kind = "scripted"` and `script = "demo.toml"`, the model's name picks
the reply; several of one name are played in turn, the last one again and again:

    [[reply]]                        # every key may be left out
    model = "greeting"               # asked for as demo/greeting
    reasoning = "They said hello."
    text = "Hello **world**"
    retries = [1.0, 2.0]             # waits shown before it begins, in seconds
    first_token = 0.5                # silence before the text, in seconds
    tokens_per_second = 20           # 0: all at once; the option of that name goes before it
    finish_reason = "stop"
    notice = "something worth telling"
    usage = { input_tokens = 5, output_tokens = 2, cost_usd = 0.0001 }
    error = { kind = "rate_limit", message = "slow down", hint = "wait", after = 5 }

`error.after` counts the characters of the text that come before the error, `error.kind` is one
of the words that `error.kind` has in JSON output.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chatcli.backends.scripted.demo_models import DEMO_MODELS, demo_reply
from chatcli.backends.scripted.script_file import DEFAULT_MODEL, ScriptedReply, read_script
from chatcli.config.model import BackendConfig
from chatcli.core.ports import (
    ChatRequest,
    EndPart,
    ModelInfo,
    NoticePart,
    ReasoningPart,
    RetryPart,
    StreamPart,
    TextPart,
    UsagePart,
    WaitingPart,
)
from chatcli.errors import BackendTimeoutError, UnknownModelError

WAITING_SECONDS = 1.0
"""Between two signs of life during a silence."""
_TOKEN = re.compile(r"\s*\S+\s*|\s+")


class ScriptedBackend:
    """Replies from a script, or from the built-in models.

    Args:
        name: of the backend in the configuration.
        config: `script` and `options` are used.
    """

    def __init__(self, name: str, config: BackendConfig) -> None:
        self.name = name
        self._config = config
        self._played: Counter[str] = Counter()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        """Yield the reply's parts, an EndPart last; see `core.ports.Backend`."""
        reply = self._reply(request)
        now = asyncio.get_running_loop().time
        clock = _Clock(now() + request.timeout - request.elapsed if request.timeout else None)
        for number, wait in enumerate(reply.retries, 2):
            yield RetryPart(number, len(reply.retries) + 1, wait, "the script asks to wait")
            await clock.sleep(wait)
        for wait, waited in _steps(reply.first_token):
            await clock.sleep(wait)
            yield WaitingPart(waited)
        async for part in _written(reply, clock):
            yield part
        yield EndPart(reply.finish_reason)

    def _reply(self, request: ChatRequest) -> ScriptedReply:
        options = {**self._config.options, **request.options}
        found = self._scripted(request.model) or demo_reply(request, options)
        if found is None:
            names = ", ".join(model.id for model in self._models())
            raise UnknownModelError(
                f"{self.name} has no model {request.model}", hint=f"its models: {names}"
            )
        speed = options.get("tokens_per_second")
        if isinstance(speed, int | float):
            found = replace(found, tokens_per_second=float(speed))
        return found

    def _scripted(self, model: str) -> ScriptedReply | None:
        replies = [reply for reply in self._script() if reply.model == model]
        if not replies:
            return None
        turn = min(self._played[model], len(replies) - 1)
        self._played[model] += 1
        return replies[turn]

    def _script(self) -> Sequence[ScriptedReply]:
        """Read again each time, so that a changed file counts at once."""
        return read_script(Path(self._config.script).expanduser()) if self._config.script else ()

    def _models(self) -> Sequence[ModelInfo]:
        names = [reply.model for reply in self._script()]
        built_in = [name for name in DEMO_MODELS if name != DEFAULT_MODEL]
        return [ModelInfo(name) for name in dict.fromkeys([*names, *built_in])]

    async def models(self) -> Sequence[ModelInfo]:
        """The script's models, then the built-in ones; raises BackendError."""
        return self._models()

    async def close(self) -> None:
        """Nothing is open."""


class _Clock:
    """Sleeps, but not beyond `until` (the event loop's clock, None: no limit)."""

    def __init__(self, until: float | None) -> None:
        self._until = until

    async def sleep(self, seconds: float) -> None:
        """Raises BackendTimeoutError at `until`."""
        loop = asyncio.get_running_loop()
        left = None if self._until is None else self._until - loop.time()
        if left is not None and left < seconds:
            await asyncio.sleep(max(left, 0.0))
            raise BackendTimeoutError("the reply took longer than allowed; what came is kept")
        await asyncio.sleep(seconds)


async def _written(reply: ScriptedReply, clock: _Clock) -> AsyncGenerator[StreamPart, None]:
    """Reasoning, text and what belongs to it, at the reply's pace; raises its error."""
    if reply.reasoning:
        yield ReasoningPart(reply.reasoning)
    text = reply.text[: reply.error.after] if reply.error else reply.text
    async for piece in _paced(text, reply.tokens_per_second, clock):
        yield TextPart(piece)
    if reply.notice:
        yield NoticePart(reply.notice)
    if reply.usage:
        yield UsagePart(reply.usage)
    if reply.error:
        raise reply.error.to_error()


async def _paced(text: str, speed: float, clock: _Clock) -> AsyncGenerator[str, None]:
    """The text, `speed` tokens a second; what is late comes together."""
    if speed <= 0:
        if text:
            yield text
        return
    loop = asyncio.get_running_loop()
    started, held = loop.time(), ""
    for number, token in enumerate(_TOKEN.findall(text)):
        wait = started + number / speed - loop.time()
        if wait > 0 and held:
            yield held
            held = ""
        if wait > 0:
            await clock.sleep(wait)
        held += token
    if held:
        yield held


def _steps(seconds: float) -> Iterator[tuple[float, float]]:
    """A silence in steps: how long each is, and how long the silence then was."""
    waited = 0.0
    while waited < seconds:
        step = min(seconds - waited, WAITING_SECONDS)
        waited += step
        yield step, waited

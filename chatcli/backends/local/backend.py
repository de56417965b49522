"""The embedded model as a backend: a child process that speaks HTTP, started when needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chatcli.backends.local.faults import no_model
from chatcli.backends.local.file import ModelFile, check, find
from chatcli.backends.local.process import (
    EngineProcess,
    engine_command,
    engine_settings,
)
from chatcli.config.model import BackendConfig, Retries, Timeouts
from chatcli.core.ports import ChatRequest, ModelInfo, StreamPart, WaitingPart
from chatcli.core.text import one_line
from chatcli.errors import (
    BackendConnectionError,
    BackendError,
    BackendTimeoutError,
    LocalEngineError,
    ReplyCutOffError,
    UnknownModelError,
)

if TYPE_CHECKING:
    from chatcli.backends.openai.backend import OpenAIBackend

_WAITING_EVERY = 1.0  # seconds between two signs of life while the model loads
_END_NOTICED = 1.0  # seconds from a lost connection to the news that the process ended


@dataclass(frozen=True, slots=True)
class _Running:
    """An engine process, the model it has loaded and the client that talks to it."""

    process: EngineProcess
    model: str
    client: OpenAIBackend

    async def close(self) -> None:
        await self.client.close()
        await self.process.stop()


class LocalBackend:
    """One embedded model. All its conversations share one process, started by the first.

    Args:
        name: as configured.
        config: `model_file`, `context_size`, `threads`, `options` and `api` are used.
        timeouts: `local_start` bounds the start, the others a reply as for any server.
        retries: unused but for its type: a lost engine is started again by the next message.
        data_folder: where `chatcli local setup` puts the model.
    """

    def __init__(
        self,
        name: str,
        config: BackendConfig,
        *,
        timeouts: Timeouts,
        retries: Retries,
        data_folder: Path,
    ) -> None:
        self._name = name
        self._config = config
        self._timeouts = timeouts
        self._retries = replace(retries, max_retries=0)
        self._data_folder = data_folder
        self._starting: asyncio.Task[_Running] | None = None

    @property
    def name(self) -> str:
        """The name it has in the configuration."""
        return self._name

    async def models(self) -> Sequence[ModelInfo]:
        """The one model; does not start the engine. Raises LocalEngineError."""
        file = self._file()
        return [ModelInfo(file.model, self._config.context_size or None)]

    async def warm_up(self) -> None:
        """Load the model now, so that the first message need not wait. Raises LocalEngineError."""
        starting = self._engine()
        await asyncio.wait({starting})  # being cancelled does not stop it
        starting.result()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        """As `Backend.stream`; yields WaitingParts while the model loads."""
        began = time.monotonic()
        self._refuse_other_model(request.model)
        starting = self._engine()
        async with aclosing(_loading(starting, request)) as waiting:
            async for sign in waiting:
                yield sign
        running = starting.result()
        elapsed = request.elapsed + time.monotonic() - began
        parts = running.client.stream(replace(request, elapsed=elapsed))
        try:
            async with aclosing(parts):
                async for part in parts:
                    yield part
        except (BackendConnectionError, ReplyCutOffError) as error:
            raise await _explained(error, running.process) from error

    async def close(self) -> None:
        """Stop loading or answering, and end the process."""
        starting, self._starting = self._starting, None
        if starting is None:
            return
        starting.cancel()
        await asyncio.wait({starting})
        if running := _result(starting):
            await running.close()

    def _file(self) -> ModelFile:
        file = find(self._config, self._data_folder)
        if file is None:
            raise no_model()
        check(file)
        return file

    def _refuse_other_model(self, model: str) -> None:
        """The engine would answer to any name."""
        running = _alive(self._starting)
        own = running.model if running else self._file().model
        if model.casefold() not in {"", own.casefold()}:
            message = f"the embedded engine has no model '{one_line(model)}'"
            raise UnknownModelError(message, hint=f"its model is {self._name}/{own}")

    def _engine(self) -> asyncio.Task[_Running]:
        """The one start that everybody waits for; a new one if the last failed or has ended."""
        task = self._starting
        if task is None or (task.done() and not _alive(task)):
            task = self._starting = asyncio.create_task(self._run_engine(_result(task)))
        return task

    async def _run_engine(self, ended: _Running | None) -> _Running:
        import secrets

        from chatcli.backends.openai.sdk import load_openai

        if ended:
            await ended.close()
        # the client's import takes a third of a second: done while the model loads
        asyncio.get_running_loop().run_in_executor(None, load_openai)
        file = self._file()
        key = secrets.token_urlsafe(32)
        command = engine_command(engine_settings(file, self._config))
        process = await EngineProcess.start(command, key, file, self._timeouts.local_start)
        return _Running(process, file.model, self._client(process.port, key))

    def _client(self, port: int, key: str) -> OpenAIBackend:
        from chatcli.backends.openai.backend import OpenAIBackend
        from chatcli.backends.openai.quirks import ForgetfulQuirks

        config = replace(
            self._config,
            kind="openai",
            base_url=f"http://127.0.0.1:{port}/v1",
            proxy="none",
            # the engine promises to keep a connection and closes it after each streamed reply
            headers={"Connection": "close"},
        )
        return OpenAIBackend(
            self._name,
            config,
            key=lambda: key,
            timeouts=self._timeouts,
            retries=self._retries,
            quirks=ForgetfulQuirks(),
        )


def _result(starting: asyncio.Task[_Running] | None) -> _Running | None:
    """The result of a start that succeeded; None for any other."""
    if starting is None or not starting.done() or starting.cancelled() or starting.exception():
        return None
    return starting.result()


def _alive(starting: asyncio.Task[_Running] | None) -> _Running | None:
    """The engine that a start brought up, while its process runs."""
    running = _result(starting)
    return running if running and running.process.alive else None


async def _loading(
    starting: asyncio.Task[_Running], request: ChatRequest
) -> AsyncGenerator[WaitingPart, None]:
    """Wait for the start, with a sign of life every second; cancelling leaves it running.

    Raises what the start raised, or BackendTimeoutError at the request's limit.
    """
    limit = request.timeout
    began = time.monotonic()
    while not starting.done():
        waited = request.elapsed + time.monotonic() - began
        left = _WAITING_EVERY if limit is None else min(_WAITING_EVERY, limit - waited)
        if left <= 0:
            raise BackendTimeoutError(f"the embedded model was still loading after {limit:g} s")
        await asyncio.wait({starting}, timeout=left)
        if not starting.done():
            yield WaitingPart(time.monotonic() - began)
    if starting.cancelled():
        raise LocalEngineError("the embedded model was stopped while it loaded")
    starting.result()


async def _explained(error: BackendError, process: EngineProcess) -> BackendError:
    """The same fault, with its cause where that is the end of the process."""
    if not await process.ended(_END_NOTICED):
        return error
    message = "the embedded engine's process ended while it was answering"
    kind = ReplyCutOffError if isinstance(error, ReplyCutOffError) else LocalEngineError
    return kind(message, hint="the next message starts it again")

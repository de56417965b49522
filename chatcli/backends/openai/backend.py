"""A server that speaks OpenAI's chat protocol, asked through the `openai` package.

The package builds, signs and sends the request (`client.post`). The answer's bytes are decoded
here: the package's own stream costs twenty times as much and hides a dozen faults. What only
a fault or the older protocol needs is imported then: that saves a tenth of a short run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING

from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.backends.openai.http_client import Connection, connect
from chatcli.backends.openai.quirks import Quirks, adapted, quirk_notice
from chatcli.backends.openai.reading import Patience, read_reply
from chatcli.backends.openai.refusal import RefusedError
from chatcli.backends.openai.request_body import Body, chat_body
from chatcli.backends.openai.retry import with_retries
from chatcli.backends.openai.sdk import load_openai
from chatcli.backends.openai.sending import get, post
from chatcli.backends.openai.server_memory import ServerMemory
from chatcli.config import BackendConfig
from chatcli.config.model import Retries, Timeouts
from chatcli.core.ports import ChatRequest, ModelInfo, NoticePart, StreamPart
from chatcli.errors import (
    AuthenticationError,
    BackendError,
    BackendSetupError,
    BackendTimeoutError,
    ConfigError,
    UnknownModelError,
)

if TYPE_CHECKING:
    import httpx2

    from chatcli.backends.faults.adaptation import Adaptation

DRAIN_SECONDS = 0.05
"""After the reply: for the last bytes of the body, so that the connection can be used again."""
_PROXY_WANTS_PASSWORD = 407


class OpenAIBackend:
    """One OpenAI-compatible server.

    Args:
        name: of the backend in the configuration.
        config: its settings.
        key: finds its key, or None, or raises ConfigError; called in a thread, on first use
            and after a refusal.
        timeouts: limits for every wait.
        retries: how often to send again.
        quirks: the store of what servers refuse and how they answer; called in a thread.
    """

    def __init__(
        self,
        name: str,
        config: BackendConfig,
        *,
        key: Callable[[], str | None],
        timeouts: Timeouts,
        retries: Retries,
        quirks: Quirks,
    ) -> None:
        self.name = name
        self._config = config
        self._key = key
        self._timeouts = timeouts
        self._retries = retries
        self._memory = ServerMemory(quirks)
        self._connection: Connection | None = None
        self._key_refused = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting = asyncio.Lock()

    # --- chatting -----------------------------------------------------------------------------

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        """Yield the reply's parts, an EndPart last; see `core.ports.Backend`."""
        total = self._timeouts.of_reply(request.timeout) or 0.0
        now = asyncio.get_running_loop().time()
        until = now + total - request.elapsed if total else None
        attempt = partial(self._answer, request, until, total)
        async with aclosing(with_retries(attempt, self._retries, until)) as parts:
            async for part in parts:
                yield part

    async def _answer(
        self, request: ChatRequest, until: float | None, total: float
    ) -> AsyncGenerator[StreamPart, None]:
        """One attempt; the reply must end by `until`, `total` seconds after the first began."""
        connection = await self._connected()
        started = asyncio.get_running_loop().time()
        patience = Patience(started, self._timeouts, until, total)
        response, adaptations = await self._ask(request, connection, patience)
        try:
            for adaptation in adaptations:
                await self._memory.learn(adaptation, request.model)
                yield NoticePart(quirk_notice(adaptation.quirk, adaptation.value, self.name))
            options = self._options(request)
            decoder = ReplyDecoder(
                connection.endpoint(request.model),
                content_type=response.headers.get("content-type", ""),
                status=response.status_code,
                unopened=self._memory.leaves_reasoning_unopened(request.model, options),
            )
            body = response.aiter_bytes()
            async with aclosing(self._read(body, decoder, patience)) as parts:
                async for part in parts:
                    yield part
            await self._memory.note_reasoning(request.model, options, unopened=decoder.unopened)
            await _drain(body)
        finally:
            await response.aclose()

    def _read(
        self, body: AsyncIterator[bytes], decoder: ReplyDecoder, patience: Patience
    ) -> AsyncGenerator[StreamPart, None]:
        parts = read_reply(body, decoder, patience)
        if self._config.api == "completions":
            from chatcli.backends.openai.completions import without_leading_space

            return without_leading_space(parts)
        return parts

    async def _ask(
        self, request: ChatRequest, connection: Connection, patience: Patience
    ) -> tuple[httpx2.Response, list[Adaptation]]:
        """The head of the answer, and what had to be sent differently to get it."""
        body = self._body(request)
        made: list[Adaptation] = []
        while True:
            try:
                return await post(connection, self._path, body, patience), made
            except RefusedError as refusal:
                from chatcli.backends.faults.adaptation import adaptation_of

                adaptation = adaptation_of(refusal.status, refusal.body, sent=body)
                if adaptation is None or _is_tried(adaptation, made):
                    raise self._fault(refusal, connection, request.model) from None
                changed = adapted(body, adaptation.quirk, adaptation.value)
                if changed == body:
                    raise self._fault(refusal, connection, request.model) from None
                made.append(adaptation)
                body = changed

    @property
    def _path(self) -> str:
        return "/completions" if self._config.api == "completions" else "/chat/completions"

    def _body(self, request: ChatRequest) -> Body:
        options = self._options(request)
        if self._config.api == "completions":
            from chatcli.backends.openai.completions import completion_body

            body = completion_body(request, options)
        else:
            body = chat_body(request, options, self.name)
        return self._memory.adapt(body, request.model)

    def _options(self, request: ChatRequest) -> dict[str, object]:
        return {**self._config.options, **request.options}

    def _fault(self, refusal: RefusedError, connection: Connection, model: str) -> BackendError:
        from chatcli.backends.faults.mapping import fault_of

        if refusal.status == _PROXY_WANTS_PASSWORD and connection.route.proxy:
            from chatcli.backends.openai.connection_faults import proxy_wants_password

            return proxy_wants_password(connection.route)
        endpoint = connection.endpoint(model)
        fault = fault_of(refusal.status, refusal.headers, refusal.body, endpoint)
        self._key_refused = self._key_refused or isinstance(fault, AuthenticationError)
        return fault

    # --- models, warming up, closing ----------------------------------------------------------

    async def models(self) -> Sequence[ModelInfo]:
        """The models the server lists, in its order; raises BackendError.

        A list needs no thinking, so it must arrive within `timeouts.connect`.
        """
        connection = await self._connected()
        try:
            async with asyncio.timeout(self._timeouts.connect or None):
                body = await get(connection, "/models")
        except TimeoutError:
            raise BackendTimeoutError(
                f"{connection.route.address.shown} sent no list of models within "
                f"{self._timeouts.connect:g} s",
                hint="timeouts.connect sets the limit",
            ) from None
        except RefusedError as refusal:
            fault = self._fault(refusal, connection, "")
            if isinstance(fault, UnknownModelError):
                address = connection.route.address.shown
                raise UnknownModelError(
                    f"{address} has no list of models",
                    hint=f"name a model yourself: {self.name}/MODEL",
                ) from None
            raise fault from None
        from chatcli.backends.openai.model_list import read_models

        return read_models(body, connection.endpoint(""))

    async def warm_up(self) -> None:
        """Import what the first request needs, in a thread, so that it starts at once."""
        await asyncio.to_thread(load_openai)

    async def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        connection, self._connection = self._connection, None
        if connection is not None and self._loop is asyncio.get_running_loop():
            await connection.client.close()

    # --- connecting ---------------------------------------------------------------------------

    async def _connected(self) -> Connection:
        """The connection of this event loop, made on first use; its key is read again after a 401.

        A client belongs to the event loop it was first used in, so another loop gets another.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._connection, self._connecting = loop, None, asyncio.Lock()
        async with self._connecting:
            if self._connection is None:
                self._connection = await asyncio.to_thread(self._connect)
            elif self._key_refused:
                key = await asyncio.to_thread(self._find_key)
                self._connection = self._connection.with_key(key)
            self._key_refused = False
            return self._connection

    def _connect(self) -> Connection:
        """Blocking, so it runs in a thread: imports, key commands and the database take time."""
        connection = connect(self.name, self._config, self._find_key(), self._timeouts)
        self._memory.load(connection.route.address.memory_key)
        return connection

    def _find_key(self) -> str | None:
        try:
            return self._key()
        except ConfigError as error:  # so that another model may answer in its place
            raise BackendSetupError(error.message, hint=error.hint) from None


def _is_tried(adaptation: Adaptation, made: Sequence[Adaptation]) -> bool:
    """Whether the same change, or the one that it would undo, was made for this request.

    Some servers refuse `max_tokens` and its other name alike: without this the two would
    be swapped for ever.
    """
    tried = {each.quirk for each in made}
    return adaptation.quirk in tried or adaptation.value in tried


async def _drain(body: AsyncIterator[bytes]) -> None:
    """Read to the body's end if it has arrived: then the connection can be used again."""
    with suppress(Exception):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in body:
                pass

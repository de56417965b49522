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
from chatcli.backends.openai.quirks import (
    Quirks,
    adapted,
    quirks_of,
    stored_name,
    told,
    unopened_reasoning,
)
from chatcli.backends.openai.reading import Patience, read_reply
from chatcli.backends.openai.refusal import RefusedError
from chatcli.backends.openai.request_body import Body, chat_body
from chatcli.backends.openai.retry import with_retries
from chatcli.backends.openai.sdk import load_openai
from chatcli.backends.openai.sending import get, post
from chatcli.config import BackendConfig
from chatcli.config.model import Retries, Timeouts
from chatcli.core.ports import ChatRequest, ModelInfo, NoticePart, StreamPart
from chatcli.errors import (
    AuthenticationError,
    BackendError,
    BackendSetupError,
    BackendTimeoutError,
    ChatcliError,
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
        quirks: the memory for what this server refuses and how it answers; called in a thread.
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
        self._quirks = quirks
        self._known: dict[str, str] = {}
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
        """One attempt; the reply must be there `until` then, `total` seconds after the first."""
        connection = await self._connected()
        started = asyncio.get_running_loop().time()
        patience = Patience(started, self._timeouts, until, total)
        endpoint = connection.endpoint(request.model)
        response, adaptations = await self._ask(request, connection, patience)
        try:
            for adaptation in adaptations:
                await self._learn(adaptation, connection, request.model)
                yield NoticePart(told(adaptation.quirk, adaptation.value, self.name))
            kind = response.headers.get("content-type", "")
            reasoning = unopened_reasoning(request.model, self._options(request))
            decoder = ReplyDecoder(
                endpoint,
                content_type=kind,
                status=response.status_code,
                unopened=reasoning in self._known,
            )
            body = response.aiter_bytes()
            parts = read_reply(body, decoder, patience)
            if self._config.api == "completions":
                from chatcli.backends.openai.completions import without_leading_space

                parts = without_leading_space(parts)
            async with aclosing(parts):
                async for part in parts:
                    yield part
            await self._learn_reasoning(reasoning, connection, seen=decoder.unopened)
            await _drain(body)
        finally:
            await response.aclose()

    async def _ask(
        self, request: ChatRequest, connection: Connection, patience: Patience
    ) -> tuple[httpx2.Response, list[Adaptation]]:
        """The head of the answer, and what had to be sent otherwise to get it."""
        body = self._body(request)
        made: list[Adaptation] = []
        while True:
            try:
                return await post(connection, self._path, body, patience), made
            except RefusedError as refusal:
                from chatcli.backends.faults.adaptation import adaptation_of

                adaptation = adaptation_of(refusal.status, refusal.body, sent=body)
                before = [each.quirk for each in made]
                if adaptation is None or {adaptation.quirk, adaptation.value} & {*before}:
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
        for quirk, value in quirks_of(request.model, self._known):
            body = adapted(body, quirk, value)
        return body

    def _options(self, request: ChatRequest) -> dict[str, object]:
        return {**self._config.options, **request.options}

    async def _learn(self, adaptation: Adaptation, connection: Connection, model: str) -> None:
        name = stored_name(adaptation.quirk, model)
        self._known[name] = adaptation.value
        url = connection.route.address.memory_key
        with suppress(ChatcliError):  # a reply is worth more than a note about its server
            await asyncio.to_thread(self._quirks.learn, url, name, adaptation.value)

    async def _learn_reasoning(
        self, name: str, connection: Connection, *, seen: bool | None
    ) -> None:
        """Note that replies close reasoning they never opened; forget it after one that did not.

        It decides only how the next reply is shown while it streams: as reasoning, until it
        proves to be the answer. So where thinking is switched off by something that no option
        tells of (a word in a prompt), one reply appears at its end and not as it comes.
        Nothing that is stored depends on it, whatever stops a reply.

        `seen` None: this reply tells nothing. `name` is that of `unopened_reasoning`.
        """
        if seen is None or seen is (name in self._known):
            return
        url = connection.route.address.memory_key
        if seen:
            self._known[name] = "yes"
            note = partial(self._quirks.learn, url, name, "yes")
        else:
            del self._known[name]
            note = partial(self._quirks.forget, url, name)
        with suppress(ChatcliError):
            await asyncio.to_thread(note)

    def _fault(self, refusal: RefusedError, connection: Connection, model: str) -> BackendError:
        from chatcli.backends.faults.mapping import fault_of

        if refusal.status == _PROXY_WANTS_PASSWORD and connection.route.proxy:
            from chatcli.backends.openai.connection_faults import proxy_wants_password

            return proxy_wants_password(connection.route)
        endpoint = connection.endpoint(model)
        fault = fault_of(refusal.status, refusal.headers, refusal.body, endpoint)
        self._key_refused = self._key_refused or isinstance(fault, AuthenticationError)
        return fault

    # --- the rest -----------------------------------------------------------------------------

    async def models(self) -> Sequence[ModelInfo]:
        """The models the server lists, in its order; raises BackendError.

        A list needs no thinking: it must be there within `timeouts.connect`.
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
        """Runs in a thread: importing, key commands and the database take their time."""
        connection = connect(self.name, self._config, self._find_key(), self._timeouts)
        self._known = dict(self._quirks.known(connection.route.address.memory_key))
        return connection

    def _find_key(self) -> str | None:
        try:
            return self._key()
        except ConfigError as error:  # so that another model may answer in its place
            raise BackendSetupError(error.message, hint=error.hint) from None


async def _drain(body: AsyncIterator[bytes]) -> None:
    """Read to the body's end if it is there: then the connection can be used again."""
    with suppress(Exception):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in body:
                pass

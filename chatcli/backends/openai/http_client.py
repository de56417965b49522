"""The client a backend sends its requests with: address, key, headers, proxy, certificates."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from chatcli.backends.faults.endpoint import Endpoint
from chatcli.backends.openai.address import Address, read_address, secrets_in
from chatcli.backends.openai.credentials import PLACEHOLDER_KEY, check_headers, needed_key
from chatcli.backends.openai.proxy import Proxy, proxy_for
from chatcli.backends.openai.refusal import raise_if_refused
from chatcli.backends.openai.sdk import load_openai
from chatcli.config import BackendConfig
from chatcli.config.model import Timeouts

if TYPE_CHECKING:
    import ssl

    import httpx2
    import openai

KEEP_ALIVE_SECONDS = 60.0
"""How long an idle connection is kept: people read and type between two messages."""


class Route(NamedTuple):
    """How a request reaches its server, for messages too. The times are in seconds."""

    backend: str
    address: Address
    connect_timeout: float
    error_timeout: float
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """An open client, its route, and the secrets that messages must not show."""

    client: openai.AsyncOpenAI
    route: Route
    secrets: tuple[str, ...] = field(repr=False)
    key_required: bool

    def endpoint(self, model: str) -> Endpoint:
        """What messages about a request for `model` name."""
        return Endpoint(self.route.backend, self.route.address.url, model, self.secrets)

    def with_key(self, key: str | None) -> Connection:
        """The same connection with another key. Raises as `connect` does."""
        usable = needed_key(key, self.route.backend, required=self.key_required)
        client = self.client.with_options(api_key=usable)
        return replace(self, client=client, secrets=(*self.secrets, *_secrets(usable)))


class Opening:
    """Notes whether a request opened its connection; if not, an earlier one had used it."""

    def __init__(self) -> None:
        self.seen = False

    async def __call__(self, event: str, _: object) -> None:
        """Called by the HTTP client for each step of the request (its extension `trace`)."""
        self.seen = self.seen or event == "connection.connect_tcp.complete"


def connect(backend: str, config: BackendConfig, key: str | None, timeouts: Timeouts) -> Connection:
    """Make the client of a backend; nothing is sent yet. Takes 0.2 s the first time.

    Args:
        backend: its name.
        config: its settings.
        key: as found, None for none.
        timeouts: `connect` and `end` count here.

    Raises:
        BackendSetupError: its settings allow no request.
        AuthenticationError: OpenAI's own server without a key.
    """
    address = read_address(config.base_url, backend)
    check_headers(config.headers, backend)
    own_key = any(name.lower() == "authorization" for name in config.headers)
    key_required = address.is_openai and not own_key
    usable = needed_key(key, backend, required=key_required)
    proxy = proxy_for(address, config.proxy, backend)
    route = Route(backend, address, timeouts.connect, timeouts.end, proxy)
    load_openai()
    client = _client(config, usable, route)
    settings = (*config.headers.values(), *config.query.values())
    of_proxy = secrets_in(proxy.url) if proxy else ()
    secrets = (*_secrets(usable), *settings, *address.secrets, *of_proxy)
    return Connection(client, route, secrets, key_required)


def _secrets(key: str) -> tuple[str, ...]:
    return () if key == PLACEHOLDER_KEY else (key,)


def _client(config: BackendConfig, key: str, route: Route) -> openai.AsyncOpenAI:
    import openai

    address = route.address
    http = _http_client(config, route)
    return openai.AsyncOpenAI(
        api_key=key,
        base_url=address.url,
        max_retries=0,  # ours are visible and can be cancelled
        timeout=http.timeout,
        http_client=http,
        default_query={**address.query, **config.query},
        default_headers={**_against_environment(address, key), **config.headers},  # type: ignore[dict-item]
    )


def _http_client(config: BackendConfig, route: Route) -> httpx2.AsyncClient:
    """An HTTP client that reads nothing from the environment and follows no redirect.

    A redirected POST loses its body (301, 302, 303) or takes the key elsewhere. Whatever is
    not 2xx raises RefusedError.
    """
    import httpx2

    transport = httpx2.AsyncHTTPTransport(
        verify=_trusted(config, route),
        proxy=_proxy(route.proxy),
        limits=httpx2.Limits(keepalive_expiry=KEEP_ALIVE_SECONDS),
    )
    refuse = partial(raise_if_refused, seconds=route.error_timeout)
    timeout = httpx2.Timeout(None, connect=route.connect_timeout or None)
    return httpx2.AsyncClient(
        transport=transport,
        timeout=timeout,
        trust_env=False,
        follow_redirects=False,
        event_hooks={"request": [_watch_opening], "response": [refuse]},
    )


async def _watch_opening(request: httpx2.Request) -> None:
    request.extensions["trace"] = Opening()


def _trusted(config: BackendConfig, route: Route) -> ssl.SSLContext | bool:
    """What to verify a certificate with; nothing without TLS, as loading takes 50 ms."""
    if route.address.scheme != "https":
        return False
    from chatcli.backends.openai.certificates import trusted

    return trusted(config.ca_file, route.backend)


def _proxy(proxy: Proxy | None) -> str | None:
    return proxy.url if proxy else None


def _against_environment(address: Address, key: str) -> Mapping[str, object]:
    """Headers that undo what the package adds from OPENAI_* variables for any server.

    They are meant for OpenAI's own server, so no other may get them.
    """
    if address.is_openai:
        return {}
    from openai import Omit

    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    names = [line.partition(":")[0].strip() for line in lines if ":" in line]
    undone = {name: Omit() for name in ("OpenAI-Organization", "OpenAI-Project", *names)}
    ours = {name: f"Bearer {key}" for name in names if name.lower() == "authorization"}
    return {**undone, **ours}

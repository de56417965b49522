"""From a server's address as users write it to one that requests can be sent to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from chatcli.backends.faults.endpoint import shown_url
from chatcli.core.text import one_line, without_keys_in_path
from chatcli.errors import BackendSetupError

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_HOST = "api.openai.com"
_PATHS = ("/chat/completions", "/completions", "/responses", "/models", "/embeddings")
_HINT = 'it should look like base_url = "https://api.example.com/v1"'


@dataclass(frozen=True, slots=True)
class Address:
    """Where requests go: `url` has no trailing slash; `query` goes with every request."""

    url: str
    host: str
    port: int
    scheme: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The URL as it may be shown: without user, password and keys."""
        return one_line(self.memory_key, 200)

    @property
    def memory_key(self) -> str:
        """The URL by which the server is remembered in the database, which holds no keys."""
        return without_keys_in_path(shown_url(self.url))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The parts of the address that must not be shown, even if the server repeats them."""
        return (*secrets_in(self.url), *self.query.values())

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this machine."""
        return is_loopback(self.host)

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI's own server, for which its environment variables are."""
        return self.host == OPENAI_HOST


def read_address(text: str, backend: str) -> Address:
    """The address behind a `base_url`, repaired where it is clear what was meant.

    White space and quotes around it go; a missing scheme becomes http for this machine, https
    elsewhere; the path of one operation (`/chat/completions`) is cut off; a query goes with
    every request. Empty is OpenAI for the backend `openai`.

    Raises BackendSetupError: it is not an address.
    """
    url = text.strip().strip("'\"").strip()
    if not url and backend == "openai":
        url = OPENAI_URL
    if not url:
        raise BackendSetupError(f"backend '{backend}' has no base_url", hint=_HINT)
    if "://" not in url:
        url = f"{'http' if is_loopback(_host_of(url)) else 'https'}://{url}"
    return _split(url, backend)


def _split(url: str, backend: str) -> Address:
    refused = BackendSetupError(
        f"the base_url of backend '{backend}' is no address: "
        + one_line(without_keys_in_path(shown_url(url)), 100),
        hint=_HINT,
    )
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise refused from None
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or not url.isprintable() or " " in url:
        raise refused
    path = parts.path.rstrip("/")
    for operation in _PATHS:
        path = path.removesuffix(operation)
    bare = urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), "", ""))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Address(bare, host, port, parts.scheme, query)


def secrets_in(url: str) -> tuple[str, ...]:
    """The password in a URL (a user name without one is one), plain and as it is sent."""
    given = urlsplit(url).netloc.rpartition("@")[0]
    if not given:
        return ()
    user, _, password = (unquote(part) for part in given.partition(":"))
    sent = base64.b64encode(f"{user}:{password}".encode()).decode()
    return (given.partition(":")[2] or given, password or user, sent)


def _host_of(url: str) -> str:
    try:
        return urlsplit(f"//{url}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host name stands for this machine."""
    return host in {"localhost", "::1", "0.0.0.0"} or (  # noqa: S104 - only compared
        host.startswith("127.") or host.endswith(".localhost")
    )

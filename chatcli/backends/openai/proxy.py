"""Which proxy a request goes through, and which setting says so."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from chatcli.backends.faults.endpoint import shown_url
from chatcli.backends.openai.address import Address
from chatcli.core.text import one_line
from chatcli.errors import BackendSetupError

NO_PROXY = "none"
_SCHEMES = {"http", "https", "socks5", "socks5h"}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy; `source` is the variable or the setting that names it."""

    url: str = field(repr=False)
    source: str

    @property
    def address(self) -> str:
        """Its URL fit to be shown: without user and password."""
        return one_line(shown_url(self.url), 100)


def proxy_for(address: Address, configured: str, backend: str) -> Proxy | None:
    """The proxy for requests to `address`, or None for a direct connection.

    `configured` is the backend's own setting; without it the environment (and the system's
    settings, where there are any) decide, but never for a server on this machine.

    Raises BackendSetupError: it cannot be used; the message names where it comes from.
    """
    if configured == NO_PROXY or (not configured and address.is_loopback):
        return None
    if configured:
        return _checked(configured, f"backends.{backend}.proxy")
    found = getproxies()
    url = found.get(address.scheme) or found.get("all")
    if not url or proxy_bypass(f"{address.host}:{address.port}"):
        return None
    return _checked(url, _variable(url, address.scheme))


def _variable(url: str, scheme: str) -> str:
    """The name of the environment variable that holds `url`."""
    names = (f"{scheme}_proxy", "all_proxy")
    for name in (*names, *(name.upper() for name in names)):
        if os.environ.get(name) == url:
            return name
    return "the system's proxy setting"


def _checked(url: str, source: str) -> Proxy:
    url = url.strip() if "://" in url else f"http://{url.strip()}"
    scheme = url.partition("://")[0].lower()
    way_out = f'correct {source}, or set proxy = "{NO_PROXY}" for the backend'
    if scheme not in _SCHEMES:
        raise BackendSetupError(
            f"{source} names a proxy of an unknown kind: {one_line(shown_url(url), 100)}",
            hint=way_out,
        )
    if not _has_host(url):
        raise BackendSetupError(
            f"what {source} holds is no address of a proxy",  # part of it may be a password
            hint=f"it should look like http://HOST:PORT; {way_out}",
        )
    if scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise BackendSetupError(
            f"{source} names a SOCKS proxy, for which the package socksio is needed",
            hint=f"pip install 'chatcli[socks]', or {way_out}",
        )
    return Proxy(url, source)


def _has_host(url: str) -> bool:
    """Whether a URL names a host, and a port that can be one if any."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:
        return False

"""No connection, or one that broke: from the exceptions of three libraries to one of ours.

The exceptions underneath may hold the key (an illegal header is quoted whole), so only parts known
to be harmless get into a message, and ours have no cause.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping

from chatcli.backends.openai.broken_answers import broken_rule, causes
from chatcli.backends.openai.http_client import Opening, Route
from chatcli.backends.openai.proxy import Proxy
from chatcli.core.text import one_line
from chatcli.errors import (
    BackendConnectionError,
    BackendError,
    BackendSetupError,
    BackendTimeoutError,
    BadResponseError,
    UnreachableError,
)

_LOCAL_SERVERS = {
    11434: "is Ollama running? `ollama serve` starts it",
    1234: "is LM Studio's server running? `lms server start` starts it",
    8080: "is llama-server running?",
    8000: "is the server (vLLM, or what else listens there) running?",
    4000: "is the LiteLLM proxy running?",
}
_NO_LEFTOVERS = ("disconnected", "too long")
"""Errors that prove nothing about an earlier answer: no answer came, or its head is too large."""
_EXPIRED, _OTHER_HOST, _OTHER_IP = 10, 62, 64
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH."""


def connection_fault(error: BaseException, route: Route) -> BackendError:
    """The exception for a request that got no answer. Never raises."""
    chain = list(causes(error))
    if any(map(_lies_behind_another, chain)):
        return BackendConnectionError(
            f"{route.address.shown} sent more than its last answer, and none to this request",
            hint="try again; if it stays so, look at the server's log",
        )
    if any(type(cause).__name__ == "ConnectTimeout" for cause in chain):
        return _too_slow(error, route)  # TLS that never answers ends in an SSLError, too
    for kind, explain in _EXPLANATIONS.items():
        for cause in chain:
            if isinstance(cause, kind):
                return explain(cause, route)
    for name, explain in _EXPLANATIONS_BY_NAME.items():
        for cause in chain:
            if any(kind.__name__ == name for kind in type(cause).__mro__):
                return explain(cause, route)
    return _lost(error, route)


def _lies_behind_another(error: BaseException) -> bool:
    """Whether invalid HTTP came over a connection that had already carried an answer."""
    if type(error).__name__ != "RemoteProtocolError":
        return False
    if any(words in str(error) for words in _NO_LEFTOVERS):
        return False
    try:
        opening = error.request.extensions["trace"]  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError, KeyError):  # raised by a library further down
        return False
    return isinstance(opening, Opening) and not opening.seen


# --- what each of them means ------------------------------------------------------------------


def _refused(_: BaseException, route: Route) -> BackendError:
    if route.proxy:
        return _proxy_failed(_, route)
    address = route.address
    hint = f"is the server running? check base_url in [backends.{route.backend}]"
    if address.is_loopback:
        hint = _LOCAL_SERVERS.get(address.port, hint)
    return UnreachableError(f"nothing answers at {address.shown} (connection refused)", hint=hint)


def _unknown_host(error: BaseException, route: Route) -> BackendError:
    if route.proxy:
        return _proxy_failed(error, route)
    message = f"the host {route.address.host} cannot be found"
    hint = f"check the network, and base_url in [backends.{route.backend}]"
    passing = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
    return (BackendConnectionError if passing else UnreachableError)(message, hint=hint)


def _untrusted(error: BaseException, route: Route) -> BackendError:
    why = getattr(error, "verify_message", "") or "it is not trusted"
    hint = {
        _EXPIRED: "the server needs a new one, unless this machine's clock is wrong",
        _OTHER_HOST: f"name the host it is made for in base_url of [backends.{route.backend}]",
        _OTHER_IP: f"name the host it is made for in base_url of [backends.{route.backend}]",
    }.get(
        getattr(error, "verify_code", 0),
        f"name the authority's file: ca_file in [backends.{route.backend}], or SSL_CERT_FILE",
    )
    return UnreachableError(
        f"the certificate of {route.address.host} was not accepted: {why.rstrip('.')}", hint=hint
    )


def _tls_failed(error: BaseException, route: Route) -> BackendError:
    reason = (getattr(error, "reason", "") or "").replace("_", " ").lower()
    plain = f"if it speaks plain HTTP, set base_url in [backends.{route.backend}] to http://…"
    return UnreachableError(
        f"no secure connection to {route.address.host}:{route.address.port}"
        + (f": {one_line(reason, 80)}" if reason else ""),
        hint="its TLS does not fit this machine's" if "protocol" in reason else plain,
    )


def _too_slow(_: BaseException, route: Route) -> BackendError:
    via = f" through the proxy that {route.proxy.source} names" if route.proxy else ""
    tls = ", and that it speaks https" if route.address.scheme == "https" else ""
    return BackendTimeoutError(
        f"no connection to {route.address.host}{via} within {route.connect_timeout:g} s",
        hint=f"check the network{tls}; timeouts.connect sets the limit",
    )


def _no_route(_: BaseException, route: Route) -> BackendError:
    if route.proxy:
        return _proxy_failed(_, route)
    return BackendConnectionError(
        f"no network connection to {route.address.host}", hint="check the network"
    )


def _proxy_failed(error: BaseException, route: Route) -> BackendError:
    if str(error).startswith("407"):
        return proxy_wants_password(route)
    return UnreachableError(
        f"no connection through {_named(route.proxy)}",
        hint=f'check it, or set proxy = "none" in [backends.{route.backend}]',
    )


def proxy_wants_password(route: Route) -> BackendError:
    """The exception for a proxy that answers 407."""
    return BackendSetupError(
        f"{_named(route.proxy)} wants a user and a password (407)",
        hint="put them into its address: http://USER:PASSWORD@HOST:PORT",
    )


def _named(proxy: Proxy | None) -> str:
    return f"the proxy that {proxy.source} names ({proxy.address})" if proxy else "the proxy"


def _unsendable(_: BaseException, route: Route) -> BackendError:
    return BackendSetupError(
        f"the settings of backend '{route.backend}' make a request that cannot be sent",
        hint="check its base_url, key and headers",
    )


def _no_http(error: BaseException, route: Route) -> BackendError:
    if "disconnected" in str(error):  # the only such error that does not quote the server
        return _lost(error, route)
    return BadResponseError(
        f"what answers at {route.address.shown} does not speak proper HTTP{broken_rule(error)}",
        hint=f"check base_url in [backends.{route.backend}]: host, port, and https:// or http://",
    )


def _lost(_: BaseException, route: Route) -> BackendError:
    if route.proxy:
        return BackendConnectionError(
            f"the connection to {route.address.shown} was closed without an answer",
            hint=f"try again; if it stays so, check {_named(route.proxy)}",
        )
    secure = ", and whether base_url must begin with https://"
    return BackendConnectionError(
        f"{route.address.shown} closed the connection without an answer",
        hint="try again; if it stays so, look at the server's log"
        + (secure if route.address.scheme == "http" else ""),
    )


_Explain = Callable[[BaseException, Route], BackendError]
_EXPLANATIONS: Mapping[type[BaseException], _Explain] = {
    ConnectionRefusedError: _refused,
    socket.gaierror: _unknown_host,
    ssl.SSLCertVerificationError: _untrusted,
    ssl.SSLError: _tls_failed,
    UnicodeError: _unsendable,
}
_EXPLANATIONS_BY_NAME: Mapping[str, _Explain] = {
    "ProxyError": _proxy_failed,
    "TimeoutException": _too_slow,
    "ConnectError": _no_route,
    "RemoteProtocolError": _no_http,
    "LocalProtocolError": _unsendable,
    "UnsupportedProtocol": _unsendable,
    "InvalidURL": _unsendable,
}
"""By the names of httpx2's classes: this module does not import it."""

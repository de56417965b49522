"""What a server says went wrong, as the exception that stands for it."""

from __future__ import annotations

from collections.abc import Mapping

from chatcli.backends.faults.details import SHOULD_RETRY, ErrorDetails, read_body, read_error
from chatcli.backends.faults.endpoint import CHECK_ADDRESS, Endpoint, shown_url
from chatcli.backends.faults.hints import hint_for
from chatcli.backends.faults.kinds import kind_of, names_path, stream_kind_of
from chatcli.backends.faults.overflow import overflow_figures
from chatcli.backends.faults.retry_wait import spoken_wait, wait_in
from chatcli.errors import (
    AuthenticationError,
    BackendError,
    BackendTimeoutError,
    BadResponseError,
    ContentFilteredError,
    ContextTooLongError,
    OverloadedError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    ServerFaultError,
    UnknownModelError,
)

_SENTENCES: dict[type[BackendError], str] = {
    AuthenticationError: "{server} does not accept the key",
    PermissionDeniedError: "{server} does not permit this",
    UnknownModelError: "{server} does not know the model {model}",
    ContextTooLongError: "the conversation is too long for {model}",
    QuotaExceededError: "the quota or credit at {server} is used up",
    ContentFilteredError: "{server}'s content filter refused the request",
    RateLimitedError: "{server} is limiting the rate of requests",
    OverloadedError: "{server} is overloaded or restarting",
    BackendTimeoutError: "{server} gave up waiting for the model",
}
_REFUSED = "{server} refused the request"
_FAILED = "{server} failed"
_IN_STREAM = "{server} reported an error"
_PATHS = ("/chat/completions", "/completions", "/models")
"""What requests are sent to, below the base URL."""
_LOWEST_ERROR = 400
_SERVER_FAILED = 500
_SIGN_IN_FIRST = 511  # a captive portal's
_TOO_LARGE = "the request is larger than {server}, or a proxy before it, takes"


def fault_of(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    endpoint: Endpoint,
    *,
    now: float | None = None,
) -> BackendError:
    """The exception for an answer whose HTTP status is not 2xx. Never raises.

    Its message is one safe line in the server's words, without keys; `retry_after` is in
    seconds. `headers` may have names in any case. `now` (Unix seconds) is for tests.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    details = read_body(body)
    if status < _LOWEST_ERROR:
        return _unexpected(status, headers, endpoint)
    if status == _SIGN_IN_FIRST:
        return PermissionDeniedError(
            f"the network on the way to {endpoint.server} wants you to sign in first ({status})",
            hint="open any web page in a browser and sign in, then try again",
        )
    kind = kind_of(status, details)
    wait = _wait(headers, details, now) if kind.retryable else None
    request_id = headers.get("x-request-id") or headers.get("request-id") or ""
    hint = hint_for(kind, details, endpoint, wait=wait, request_id=request_id)
    fault = kind(_message(kind, status, details, endpoint), hint=hint, retry_after=wait)
    return _as_the_server_advises(fault, headers, details)


def stream_fault(error: object, endpoint: Endpoint, *, now: float | None = None) -> BackendError:
    """The exception for a decoded error document inside a 200 answer. Never raises."""
    details = read_error(error)
    kind = stream_kind_of(details)
    wait = _wait({}, details, now) if kind.retryable else None
    hint = hint_for(kind, details, endpoint, wait=wait)
    fault = kind(_message(kind, details.status, details, endpoint), hint=hint, retry_after=wait)
    return _as_the_server_advises(fault, {}, details)


def _as_the_server_advises(
    fault: BackendError, headers: Mapping[str, str], details: ErrorDetails
) -> BackendError:
    """The fault, made final where the server says that a retry is pointless."""
    said = headers.get(SHOULD_RETRY) or details.waits.get(SHOULD_RETRY, "")
    fault.retryable = fault.retryable and said.lower() != "false"
    return fault


def _wait(headers: Mapping[str, str], details: ErrorDetails, now: float | None) -> float | None:
    for named in (headers, details.waits):
        wait = wait_in(named, now)
        if wait is not None:
            return wait
    return spoken_wait(details.message)


def _message(
    kind: type[BackendError], status: int | None, details: ErrorDetails, endpoint: Endpoint
) -> str:
    """Our sentence, the status, and the server's own words."""
    said = endpoint.filled(_sentence(kind, status, details, endpoint))
    if kind is ContextTooLongError and not _only_maybe_too_long(details):
        said += _figures(details)
    said += f" ({status})" if status else ""
    return f"{said}: {words}" if (words := _words(kind, details, endpoint)) else said


def _sentence(
    kind: type[BackendError], status: int | None, details: ErrorDetails, endpoint: Endpoint
) -> str:
    """What happened, as a template for `Endpoint.filled`."""
    if kind is UnknownModelError and names_path(details):
        return "{server} has no chat API at {address}"
    if kind is AuthenticationError and not endpoint.secrets:
        return "{server} requires a key"
    if kind is ContextTooLongError and _only_maybe_too_long(details):
        return _TOO_LARGE if details.page else _REFUSED
    if (kind, status) == (OverloadedError, _SERVER_FAILED) or (kind is ServerFaultError and status):
        return _FAILED
    return _SENTENCES.get(kind, _IN_STREAM if status is None else _REFUSED)


def _only_maybe_too_long(details: ErrorDetails) -> bool:
    """Whether only the status or a proxy's page says so, and no words of the server."""
    return details.empty or details.page


def _figures(details: ErrorDetails) -> str:
    sent, limit = overflow_figures(details)
    if sent and limit and sent > limit:
        return f": {sent} tokens, the limit is {limit}"
    return f": the limit is {limit} tokens" if limit else ""


def _words(kind: type[BackendError], details: ErrorDetails, endpoint: Endpoint) -> str:
    """The server's own words, one safe line."""
    words = endpoint.safe(details.message)
    if details.page:
        return f'a web page titled "{words}"' if words else "a web page"
    if words:
        return words
    if details.empty and kind is ContextTooLongError:
        return "it gave no reason; some servers do so when the conversation is too long"
    return endpoint.safe(details.code or details.type)


def _unexpected(status: int, headers: Mapping[str, str], endpoint: Endpoint) -> BackendError:
    """A redirect (which would lose the request's body), or a status that means nothing here."""
    server = endpoint.server
    location = headers.get("location", "")
    if not location:
        return BadResponseError(
            f"{server} answered {status}, which is no reply", hint=endpoint.filled(CHECK_ADDRESS)
        )
    target = endpoint.safe(shown_url(_absolute(location, endpoint.base_url)), 200).rstrip("/")
    base_url = next((target.removesuffix(path) for path in _PATHS if target.endswith(path)), "")
    if base_url == endpoint.address.rstrip("/"):
        return BadResponseError(
            f"{server} redirects to the address it was asked at, {target} ({status})",
            hint=endpoint.filled(CHECK_ADDRESS),
        )
    if not base_url.startswith(("https://", "http://")):  # a login page, or nonsense
        return BadResponseError(
            f"{server} redirects to {target} ({status}), which is no chat API",
            hint=endpoint.filled(CHECK_ADDRESS),
        )
    return BadResponseError(
        f"{server} has moved to {target} ({status})",
        hint=f'{_trust(base_url, endpoint)}set base_url = "{base_url}" '
        f"in [backends.{endpoint.backend}]",
    )


def _trust(base_url: str, endpoint: Endpoint) -> str:
    """A word of caution where the key would go to another host: whoever answers may say that."""
    hosts = {url.partition("://")[2].partition("/")[0] for url in (base_url, endpoint.address)}
    return "if you trust that host with your key, " if len(hosts) > 1 else ""


def _absolute(location: str, base_url: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(base_url.rstrip("/") + _PATHS[0], location)
    except ValueError:
        return location

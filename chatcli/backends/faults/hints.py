"""What to do about a backend's fault, in one sentence."""

from __future__ import annotations

import re

from chatcli.backends.faults.details import ErrorDetails
from chatcli.backends.faults.endpoint import CHECK_ADDRESS, Endpoint
from chatcli.backends.faults.kinds import names_path
from chatcli.errors import (
    AuthenticationError,
    BackendError,
    BackendTimeoutError,
    ContentFilteredError,
    ContextTooLongError,
    OverloadedError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    ServerFaultError,
    UnknownModelError,
)

TOO_LONG = (
    "make room with /compact, send fewer turns (limits.context_tokens), or use a larger model"
)
_NO_KEY = (
    "no key was sent: configure one in [backends.{backend}] (api_key_env, api_key_command), "
    "and check that the variable is set"
)
_WANTS_TLS = re.compile(r"plain http request was sent to https|http request to an https")
"""nginx; Go."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{4,80}")
_HINTS: dict[type[BackendError], str] = {
    AuthenticationError: (
        "check the key that [backends.{backend}] names (api_key_env, api_key_command), "
        "and that it is meant for {address}"
    ),
    PermissionDeniedError: "the key may lack access to this model, or your region is unsupported",
    UnknownModelError: "`chatcli models` lists the available models",
    ContextTooLongError: TOO_LONG,
    QuotaExceededError: "add credit with the provider, or use another model; waiting does not help",
    ContentFilteredError: "rephrase it, or use another model",
    RateLimitedError: "wait a little, or use another model",
    OverloadedError: "try again in a moment, or use another model",
    BackendTimeoutError: "try again, or use a faster model",
    ServerFaultError: "try again, or use another model",
}


def hint_for(
    kind: type[BackendError],
    details: ErrorDetails,
    endpoint: Endpoint,
    *,
    wait: float | None = None,
    request_id: str = "",
) -> str:
    """The advice for a fault; `wait` is in seconds, `request_id` the server's name for it."""
    hint = _HINTS.get(kind, "")
    if kind is UnknownModelError and names_path(details):
        hint = CHECK_ADDRESS
    elif kind is AuthenticationError and not endpoint.secrets:
        hint = _NO_KEY
    elif _WANTS_TLS.search(details.words):
        hint = "base_url in [backends.{backend}] must begin with https://"
    elif kind is PermissionDeniedError and details.page:
        hint = f"no API answers like this: look for a firewall on the way, or {CHECK_ADDRESS}"
    elif kind is ContextTooLongError and details.page:
        hint = "make room with /compact, or let the proxy take more (nginx: client_max_body_size)"
    elif kind is OverloadedError and "loading model" in details.words:
        hint = "the server is still loading the model; try again in a moment"
    elif wait:
        hint = f"the server asks to wait {_duration(wait)}; another model may answer now"
    hint = endpoint.filled(hint)
    named = _request_id(request_id, endpoint)
    if not named:
        return hint
    return f"{hint} ({named})" if hint else named


def _request_id(request_id: str, endpoint: Endpoint) -> str:
    """A name to quote to the provider; "" for anything that is not plainly one."""
    if not _REQUEST_ID.fullmatch(request_id) or any(s in request_id for s in endpoint.secrets if s):
        return ""
    return f"request id {request_id}"


def _duration(seconds: float) -> str:
    """The largest unit of which there are at least two."""
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{round(seconds / length)} {unit}"
    return f"{max(1, round(seconds))} s"

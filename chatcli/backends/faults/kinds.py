"""Which exception stands for a fault: by wording where that is sure, else by HTTP status."""

from __future__ import annotations

import re

from chatcli.backends.faults.details import ErrorDetails
from chatcli.backends.faults.overflow import is_overflow
from chatcli.errors import (
    AuthenticationError,
    BackendError,
    BackendTimeoutError,
    BadRequestError,
    ContentFilteredError,
    ContextTooLongError,
    OverloadedError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    ServerFaultError,
    UnknownModelError,
)

Kind = type[BackendError]
_BY_STATUS: dict[int, Kind] = {
    401: AuthenticationError,
    402: QuotaExceededError,
    403: PermissionDeniedError,
    404: UnknownModelError,
    405: UnknownModelError,  # a path that is no chat API
    408: BackendTimeoutError,
    409: OverloadedError,
    425: OverloadedError,
    429: RateLimitedError,
    498: OverloadedError,  # Groq: no capacity
    499: OverloadedError,  # Groq: cancelled on its side
    501: BadRequestError,
    505: BadRequestError,
    504: BackendTimeoutError,
    524: BackendTimeoutError,  # Cloudflare: no byte for 100 seconds
}
_QUOTA = re.compile(  # OpenAI; DeepSeek, z.ai; Anthropic; Moonshot; OpenRouter; xAI; Novita…
    r"insufficient_quota|insufficient[ _]balance|credit balance is too low|"
    r"exceeded_current_quota|insufficient[ _]credits|billing_(?:hard_limit|not_active)|"
    r"all available credits|not have any credits|not[ _]enough[ _]balance|"
    r"balance is insufficient|monthly included credits|arrearage"
)
_FILTER = re.compile(r"content_filter|content_policy_violation|content_moderation|responsibleai")
_KEY = re.compile(  # xAI and Gemini say it with a 400
    r"api[ _]key[ _](?:is )?(?:not valid|invalid|expired)|"
    r"(?:incorrect|invalid|missing|no|wrong)[ _]api[ _-]?key|"
    r"authentication_error|unregistered callers"
)
_MODEL = re.compile(
    r"model_not_found|model not exist|not a valid model|"
    r"model [^.]{0,200}(?:does not exist|not found|is not available)|"
    r"(?:unknown|no such|invalid) model\b"
)
_ABOUT_MODEL = re.compile(r"model|deployment|no endpoints (?:found|available)")
_PATH = re.compile(r"unexpected endpoint|unknown (?:url|path|endpoint)|no route")
_IN_STREAM: tuple[tuple[str, Kind], ...] = (
    ("rate_limit", RateLimitedError),
    ("too many requests", RateLimitedError),
    ("resource_exhausted", RateLimitedError),
    ("overloaded", OverloadedError),
    ("unavailable", OverloadedError),
    ("permission", PermissionDeniedError),
    ("timeout", BackendTimeoutError),
    ("timed out", BackendTimeoutError),
    ("invalid_request", BadRequestError),
    ("badrequest", BadRequestError),
    ("not multimodal", BadRequestError),
    ("image input", BadRequestError),
)
"""Words of errors that come without a status."""


def kind_of(status: int, details: ErrorDetails) -> Kind:
    """The class for an answer with an error status (400 and above)."""
    kind = _by_wording(status, details) or _BY_STATUS.get(status)
    return kind or (OverloadedError if 500 <= status < 600 else BadRequestError)  # noqa: PLR2004


def stream_kind_of(details: ErrorDetails) -> Kind:
    """The class for an error that comes inside an answer with status 200."""
    kind = _by_wording(details.status, details)
    if kind is None and details.status is not None:
        kind = kind_of(details.status, details)
        # a stream that has begun shows that the server is up
        return ServerFaultError if details.status in {500, 502} else kind
    words = details.words
    return kind or next((k for word, k in _IN_STREAM if word in words), ServerFaultError)


def names_path(details: ErrorDetails) -> bool:
    """Whether a 404 is about the address and not about the model."""
    words = details.words
    return bool(_PATH.search(words)) or not _ABOUT_MODEL.search(words)


def _by_wording(status: int | None, details: ErrorDetails) -> Kind | None:
    """What the words make certain, whatever the status."""
    if status not in {401, 402, 404} and is_overflow(status, details):
        return ContextTooLongError
    words = details.words
    if _QUOTA.search(words):
        return QuotaExceededError
    if details.flagged or _FILTER.search(f"{details.code} {details.type}".lower()):
        return ContentFilteredError
    if status in {400, 403, None} and _KEY.search(words):
        return AuthenticationError
    if status in {400, 422, None} and _MODEL.search(words):
        return UnknownModelError
    return UnknownModelError if status is None and _PATH.search(words) else None

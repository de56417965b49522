"""The facts in an error, in whatever shape a server sends it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chatcli.backends.answer.usage import count
from chatcli.backends.answer.web_page import is_page, title_of
from chatcli.backends.faults.message import sentence_in

SHOULD_RETRY = "x-should-retry"  # OpenAI's header
_DEEPEST = 6  # errors inside errors
_VAGUE = "provider returned error"  # OpenRouter; the truth is in metadata.raw
_SEARCHED = 20_000  # characters of a message
_LOWEST_STATUS, _HIGHEST_STATUS = 400, 599


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """What a server said about a fault; "" and None: it did not.

    `code`, `type` and `param` are its own words, `status` an HTTP status in the body.
    `sent_tokens` and `limit_tokens` are the figures of an overflow. `waits` are headers
    about whether and when to try again that stand in the body. `flagged`: a moderation refused the
    prompt. `page`: the body was a web page, the message its title. `empty`: no body.
    """

    message: str = ""
    code: str = ""
    type: str = ""
    param: str = ""
    status: int | None = None
    sent_tokens: int | None = None
    limit_tokens: int | None = None
    waits: Mapping[str, str] = field(default_factory=dict)
    flagged: bool = False
    page: bool = False
    empty: bool = False

    @property
    def words(self) -> str:
        """Everything it says, in lower case, to be searched for known wordings."""
        return f"{self.code} {self.type} {self.param} {self.message[:_SEARCHED]}".lower()


def read_body(body: bytes) -> ErrorDetails:
    """The facts in the body of an error answer: JSON, a web page, text, nothing."""
    return read_text(body.decode(json.detect_encoding(body), "replace"))


def read_text(text: str, depth: int = 0) -> ErrorDetails:
    """The same for a body that is decoded."""
    text = text.strip()
    try:
        return read_error(json.loads(_event_data(text) or text), depth)
    except (ValueError, RecursionError):
        if is_page(text):
            return ErrorDetails(message=title_of(text), page=True)
        return ErrorDetails(message=text, empty=not text)


def _event_data(text: str) -> str:
    """The data of an error sent as an event, or ""."""
    lines = text[:_SEARCHED].splitlines() if text.startswith(("data:", "event:")) else []
    return next((line[5:] for line in lines if line.startswith("data:")), "")


def read_error(document: object, depth: int = 0) -> ErrorDetails:
    """The facts in a decoded error document. Never raises."""
    if isinstance(document, list) and any(isinstance(item, dict) for item in document):
        document = next(item for item in document if isinstance(item, dict))  # Gemini
    if not isinstance(document, dict) or depth > _DEEPEST:
        return ErrorDetails(message=sentence_in(document, depth))
    inner = document.get("error")
    if not isinstance(inner, dict | list) or not inner:
        return _read_object(document, depth)
    details = read_error(inner, depth + 1)
    around = _read_object({**document, "error": None}, depth)
    return replace(  # some put the code beside the error
        details,
        message=details.message or around.message,
        code=details.code or around.code,
        type=details.type or around.type,
        status=details.status or around.status,
    )


def _read_object(error: dict[str, Any], depth: int) -> ErrorDetails:
    code, metadata = error.get("code", error.get("error_code")), error.get("metadata")
    details = ErrorDetails(
        message=sentence_in(error),
        code=_word(code),
        type=_word(error.get("type")) or _word(error.get("status")),
        param=_word(error.get("param")),
        status=_status(code) or _status(error.get("status")),
        sent_tokens=count(error.get("n_prompt_tokens")),
        limit_tokens=count(error.get("n_ctx")),
        waits={**_waits(error.get("details")), **_waits(error.get("availability"))},
    )
    return _with_metadata(details, metadata, depth) if isinstance(metadata, dict) else details


def _with_metadata(details: ErrorDetails, metadata: dict[str, Any], depth: int) -> ErrorDetails:
    """Add what OpenRouter reports of the provider behind it."""
    raw = metadata.get("raw")
    upstream = read_text(raw, depth + 1) if isinstance(raw, str) else read_error(raw, depth + 1)
    message = details.message
    if upstream.message and (not message or message.lower().startswith(_VAGUE)):
        provider = _word(metadata.get("provider_name"))
        message = f"{provider}: {upstream.message}" if provider else upstream.message
    return replace(
        details,
        message=message,
        code=_word(metadata.get("error_type")) or upstream.code or details.code,
        type=upstream.type or details.type,
        param=details.param or upstream.param,
        sent_tokens=details.sent_tokens or upstream.sent_tokens,
        limit_tokens=details.limit_tokens or upstream.limit_tokens,
        waits={
            **upstream.waits,
            **_waits(metadata),
            **_waits(metadata.get("headers")),
            **details.waits,
        },
        flagged=bool(metadata.get("reasons") or metadata.get("flagged_input")),
    )


def _waits(holder: object) -> dict[str, str]:
    """When to try again, under the names of HTTP headers.

    Google's RetryInfo, one of a list of details, has `"retryDelay": "34s"`.
    """
    if isinstance(holder, list):
        return {name: wait for item in holder[:10] for name, wait in _waits(item).items()}
    if not isinstance(holder, dict):
        return {}
    names = {key: str(key).lower().replace("_", "-") for key in holder}
    found = {
        name: str(holder[key])
        for key, name in names.items()
        if name in {"retry-after", "retry-after-ms", "x-ratelimit-reset"}
    }
    if holder.get("retryable") is False:  # OpenRouter
        found[SHOULD_RETRY] = "false"
    delay = holder.get("retryDelay")
    return {**found, "retry-after": delay.removesuffix("s")} if isinstance(delay, str) else found


def _word(value: object) -> str:
    """A short word or number; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()[:200]


def _status(value: object) -> int | None:
    """A code that is an HTTP status of an error."""
    word = _word(value)
    if word.isascii() and word.isdigit() and len(word) == len(str(_LOWEST_STATUS)):
        number = int(word)
        return number if _LOWEST_STATUS <= number <= _HIGHEST_STATUS else None
    return None

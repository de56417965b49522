"""A body that is no event stream, read at once: a completion, an error, a web page."""

from __future__ import annotations

import json
import re

from chatcli.backends.answer.reply_assembly import ReplyAssembly
from chatcli.backends.answer.web_page import is_page, title_of
from chatcli.backends.faults.endpoint import CHECK_ADDRESS, Endpoint
from chatcli.errors import BadResponseError

_BETWEEN = re.compile(r"[\s,]*")
_MOST_BROKEN = 100  # places at which reading is resumed after something that is not JSON
_GZIP = "\x1f\ufffd"
_decode = json.JSONDecoder(strict=False).raw_decode
_ERROR_KEYS = frozenset(
    {"error", "errors", "detail", "code", "type", "object", "error_code", "base_resp"}
)


def read_whole(body: bytes, content_type: str, status: int, reply: ReplyAssembly) -> None:
    """Read a JSON completion, a JSON error, or chunks of JSON one by one into `reply`.

    Whatever can be read of them counts as the reply, even if the body is broken after it.

    Raises:
        BadResponseError: the body is none of these.
    """
    endpoint = reply.ending.endpoint
    text = decoded(body).strip(" \t\r\n")
    if not text:
        raise BadResponseError(
            f"{endpoint.server} answered {status} and nothing else",
            hint=endpoint.filled(CHECK_ADDRESS),
        )
    documents, broken, rest = _documents(text)
    for document in documents:
        reply.take(document)
    ending = reply.ending
    if not documents or (rest and not ending.is_reply):
        raise _no_json(text, content_type, endpoint)
    if not ending.is_reply and (ending.error is None or _greets(documents[0])):
        raise BadResponseError(
            f"{endpoint.server} answered with JSON that is no chat completion: "
            f"{endpoint.safe(text, 200)}",
            hint=endpoint.filled(CHECK_ADDRESS),
        )
    if rest.startswith("[DONE]") or (not rest and (len(documents) == 1 or text[0] == "[")):
        ending.done = True
    elif not ending.seen:
        ending.unreadable += broken


def _greets(document: object) -> bool:
    """Whether a document has a message and nothing that says it is about an error.

    Such are the greetings at the root of many an API.
    """
    return isinstance(document, dict) and not _ERROR_KEYS & document.keys()


def decoded(body: bytes) -> str:
    """The text of a body: UTF-8, or what its first bytes show it to be; errors are replaced."""
    return body.decode(json.detect_encoding(body), "replace")


def _documents(text: str) -> tuple[list[object], int, str]:
    """The JSON objects and lists in a body, the number of broken lines among them, and its rest.

    One document, or many: line by line, one behind the other, or in one list of chunks.
    """
    found, at = _run_of_documents(text, 0)
    if not found and text.startswith("[{"):  # a list that breaks off
        found, at = _run_of_documents(text, 1)
    if len(found) == 1 and isinstance(found[0], list):
        chunks: list[object] = [
            each for each in found[0] if isinstance(each, dict) and "choices" in each
        ]
        found = chunks or found
    broken = 0
    while found and at < len(text) and broken < _MOST_BROKEN:
        line_end = text.find("\n", at)
        if line_end < 0:
            break
        more, after = _run_of_documents(text, line_end + 1)
        if not more and text.find("\n", after) < 0:
            break
        found, at, broken = [*found, *more], after, broken + 1
    return found, broken, text[at:]


def _run_of_documents(text: str, at: int) -> tuple[list[object], int]:
    """The JSON objects and lists that follow one another from `at`, and where they end."""
    found: list[object] = []
    while (at := _end(_BETWEEN.match(text, at))) < len(text) and text[at] in "{[":
        try:
            document, at = _decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(document)
    return found, at


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _no_json(text: str, content_type: str, endpoint: Endpoint) -> BadResponseError:
    if is_page(text):
        title = endpoint.safe(title_of(text), 200)
        what = f'a web page titled "{title}"' if title else "a web page"
    elif text.startswith(_GZIP):
        what = "compressed data of which its Content-Encoding says nothing"
    elif "\0" in text or text.count("\ufffd") * 5 > len(text):
        what = f"{_kind(content_type, endpoint)}: bytes that are no text"
    elif text.startswith(("{", "[")):
        what = f"JSON that ends early or is broken: {endpoint.safe(text, 200)}"
    else:
        what = f"{_kind(content_type, endpoint)}: {endpoint.safe(text, 200)}"
    return BadResponseError(
        f"{endpoint.server} answered with {what}, which is no reply",
        hint=endpoint.filled(CHECK_ADDRESS),
    )


def _kind(content_type: str, endpoint: Endpoint) -> str:
    return endpoint.safe(content_type.partition(";")[0], 80) or "text"

"""A body that is no event stream, read at once: a completion, an error, a web page."""

from __future__ import annotations

import json

from chatcli.backends.answer.reply_assembly import ReplyAssembly
from chatcli.backends.answer.web_page import is_page, title_of
from chatcli.backends.faults.endpoint import CHECK_ADDRESS, Endpoint
from chatcli.core.ports import StreamPart
from chatcli.errors import BadResponseError

_ERROR_KEYS = frozenset({"error", "errors", "detail", "code", "type", "object"})


def whole_reply(
    body: bytes, content_type: str, status: int, endpoint: Endpoint
) -> list[StreamPart]:
    """The parts of a reply that came in one piece (EndPart last).

    Raises:
        BackendError: the body reports an error, holds no text or is no reply.
    """
    reply = ReplyAssembly(endpoint)
    read_whole(body, content_type, status, reply)
    return reply.end()


def read_whole(body: bytes, content_type: str, status: int, reply: ReplyAssembly) -> None:
    """Read a JSON completion, a JSON error, or chunks of JSON line by line into `reply`.

    Raises:
        BadResponseError: the body is none of these.
    """
    endpoint = reply.ending.endpoint
    text = body.decode("utf-8-sig", "replace").strip()
    if not text:
        raise BadResponseError(
            f"{endpoint.server} answered {status} and nothing else",
            hint=endpoint.filled(CHECK_ADDRESS),
        )
    documents = _documents(text)
    if not documents:
        raise _no_json(text, content_type, endpoint)
    for document in documents:
        reply.take(document)
    ending = reply.ending
    if not ending.is_reply and (ending.error is None or _greets(documents[0])):
        raise BadResponseError(
            f"{endpoint.server} answered with JSON that is no chat completion: "
            f"{endpoint.safe(text, 200)}",
            hint=endpoint.filled(CHECK_ADDRESS),
        )
    if len(documents) == 1:
        ending.done = True


def _greets(document: object) -> bool:
    """Whether a document has a message and nothing that says it is about an error.

    Such are the greetings at the root of many an API.
    """
    return isinstance(document, dict) and not _ERROR_KEYS & document.keys()


def _documents(text: str) -> list[object]:
    """The JSON document, or one for each line, or none."""
    for pieces in ([text], [line for line in text.split("\n") if line.strip()]):
        try:
            return [json.loads(piece) for piece in pieces]
        except (ValueError, RecursionError):
            continue
    return []


def _no_json(text: str, content_type: str, endpoint: Endpoint) -> BadResponseError:
    if is_page(text):
        title = endpoint.safe(title_of(text), 200)
        what = f'a web page titled "{title}"' if title else "a web page"
    elif text.startswith(("{", "[")):
        what = f"JSON that ends early or is broken: {endpoint.safe(text, 200)}"
    else:
        kind = endpoint.safe(content_type.partition(";")[0], 80) or "text"
        what = f"{kind}: {endpoint.safe(text, 200)}"
    return BadResponseError(
        f"{endpoint.server} answered with {what}, which is no reply",
        hint=endpoint.filled(CHECK_ADDRESS),
    )

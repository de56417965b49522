"""The JSON body of a request, from a conversation and its options."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chatcli.config.values import NOT_OPTIONS
from chatcli.core.ports import ChatRequest, Message
from chatcli.core.text import encodable
from chatcli.errors import BadRequestError

Body = dict[str, Any]
BETWEEN = "\n\n"
"""Stands between messages that are joined into one."""


def chat_body(request: ChatRequest, options: Mapping[str, object], backend: str) -> Body:
    """The body for `/chat/completions`; see `request_body`.

    Raises BadRequestError: there is nothing to send.
    """
    messages = [_as_json(message, backend) for message in orderly(request.messages)]
    return request_body(request, options, {"messages": messages})


def request_body(request: ChatRequest, options: Mapping[str, object], content: Body) -> Body:
    """The body around `content`; `options` that are None are left out.

    It asks for a stream with usage, unless an option says otherwise. Raises BadRequestError:
    an option holds what JSON cannot.
    """
    body = {name: value for name, value in options.items() if value is not None}
    _check_options(body)
    body = {"stream": True, **body, **content, "model": request.model}
    if body["stream"]:
        body.setdefault("stream_options", {"include_usage": True})
    return body


def _check_options(options: Body) -> None:
    for name, value in options.items():
        if name in NOT_OPTIONS:
            raise BadRequestError(f"{name} is not a model parameter", hint=NOT_OPTIONS[name])
        try:
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        except (TypeError, ValueError):
            raise BadRequestError(
                f"the option {name} has a value that cannot be sent",
                hint="numbers, texts, true, false, lists and tables of them can",
            ) from None


def orderly(messages: Iterable[Message]) -> list[Message]:
    """The messages as strict servers want them.

    One system message, first; then user and assistant in turn. Neighbours of one role are
    joined, empty messages left out. Raises BadRequestError: nothing is left.
    """
    filled = [message for message in messages if message.content.strip()]
    head = [message for message in filled if message.role == "system"]
    talk = [message for message in filled if message.role != "system"]
    while talk and talk[0].role == "assistant":
        del talk[0]
    if not talk:
        raise BadRequestError("there is no message to send")
    return _merged(head) + _merged(talk)


def _merged(messages: Sequence[Message]) -> list[Message]:
    kept: list[Message] = []
    for message in messages:
        if kept and kept[-1].role == message.role:
            joined = f"{kept[-1].content}{BETWEEN}{message.content}"
            kept[-1] = message._replace(content=joined)
        else:
            kept.append(message)
    return kept


def _as_json(message: Message, backend: str) -> Body:
    body: Body = {"role": message.role, "content": encodable(message.content)}
    reasoning = message.reasoning
    if message.role == "assistant" and reasoning.raw and reasoning.backend == backend:
        details = _returnable(reasoning.raw)
        if details is not None:
            body["reasoning_details"] = details
    return body


def _returnable(raw: str) -> list[Any] | None:
    """OpenRouter's details of a reply's reasoning, which it wants back; None if there are none.

    Text without a signature is left out: routes that sign refuse it, the others do not miss it.
    """
    try:
        details = json.loads(raw).get("reasoning_details")
    except (ValueError, AttributeError):
        return None
    if not isinstance(details, list):
        return None
    kept = [detail for detail in details if not _is_unsigned_text(detail)]
    return kept if kept or not details else None


def _is_unsigned_text(detail: object) -> bool:
    return (
        isinstance(detail, dict)
        and detail.get("type") == "reasoning.text"
        and not detail.get("signature")
    )

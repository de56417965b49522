"""One decoded chunk (or whole completion) in the one shape the rest of chatcli knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chatcli.backends.answer.usage import usage_of
from chatcli.core.model import Usage
from chatcli.core.ports import ReasoningPart, TextPart

REASONING_FIELDS = ("reasoning_content", "reasoning", "reasoning_text")
"""DeepSeek, llama.cpp, xAI; Ollama, OpenRouter, vLLM; Copilot. The first non-empty counts."""
_HARMLESS = frozenset({"content", "role"})
_ERRORS = ("error", "Error")  # vLLM, Mistral
_FIRST = (0, None, "", "0")
_SUCCESSES = (None, 0, "0", 200, "200")
_REASONS = ("message", "detail", "errors", "error_msg")
_DEEPEST = 6  # content lists inside content lists


@dataclass(slots=True)
class Chunk:
    """What one chunk holds; `error` is a decoded error document, None if there is none.

    `reasoning_field` names the field that reasoning came in. `reasoning_details` is
    OpenRouter's list, kept as it is; an empty one means something, None is absent.
    """

    parts: list[TextPart | ReasoningPart] = field(default_factory=list)
    refusal: str = ""
    finish_reason: str = ""
    usage: Usage | None = None
    error: object = None
    reasoning_field: str = ""
    reasoning_details: list[Any] | None = None
    calls_tool: bool = False
    is_reply: bool = False
    """It has the shape of a chunk or a completion, even if an empty one."""
    is_message: bool = False
    """Its parts are a whole message and not a delta, or so it says."""


def plain_text(document: Any) -> str | None:
    """The text of a chunk that holds nothing but text; None: `read_chunk` has to look.

    Nearly every chunk is like this, so it saves most of the time that decoding takes.
    """
    try:
        (choice,) = document["choices"]
        delta = choice["delta"]
        text = delta["content"]
    except (TypeError, KeyError, ValueError):
        return None
    if type(text) is not str:
        return None
    if len(delta) > 1:
        for key, value in delta.items():
            if key not in _HARMLESS and (value or value == []):  # an empty list means something
                return None
    get = choice.get
    if get("finish_reason") or get("index") or get("usage") or get("finishReason") or get("error"):
        return None
    get = document.get
    if get("usage") or get("error") or get("x_groq") or get("timings") or get("object") in _ERRORS:
        return None
    return text


def read_chunk(document: object, event: str = "") -> Chunk:
    """Everything in a decoded event of that name. Never raises."""
    if event == "error":
        return Chunk(error=document or "the server gave no reason")
    if isinstance(document, list):  # Gemini: an error in a list of one
        document = next((d for d in document if isinstance(d, dict) and d.get("error")), None)
    if not isinstance(document, dict):
        return Chunk()
    choice = _first_choice(document.get("choices"))
    chunk = Chunk(usage=usage_of(document, choice), error=_error_in(document, choice))
    chunk.is_reply = isinstance(document.get("choices"), list)
    chunk.finish_reason = _finish_reason(choice)
    chunk.is_message = "message" in choice and not choice.get("delta")
    _read_message(_message_of(choice), chunk)
    return chunk


def _first_choice(choices: object) -> dict[str, Any]:
    """The choice with index 0 (or none); others were not asked for."""
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index") in _FIRST:
            return choice
    return {}


def _finish_reason(choice: dict[str, Any]) -> str:
    for reason in (choice.get("finish_reason"), choice.get("finishReason")):
        if isinstance(reason, str) and reason:
            return reason[:100]
    return ""


def _message_of(choice: dict[str, Any]) -> dict[str, Any]:
    """A chunk's delta, a completion's message, or the text of the completions API."""
    holders = (choice.get("delta"), choice.get("message"))
    message: dict[str, Any] = next((m for m in holders if m and isinstance(m, dict)), {})
    if message.get("content") is None and isinstance(choice.get("text"), str):
        return {**message, "content": choice["text"]}
    return message


def _read_message(message: dict[str, Any], chunk: Chunk) -> None:
    details = message.get("reasoning_details")
    chunk.reasoning_details = details if isinstance(details, list) else None
    for name in REASONING_FIELDS:
        text = message.get(name)
        if isinstance(text, str) and text:
            chunk.reasoning_field = name
            chunk.parts.append(ReasoningPart(text))
            break
    else:
        text = "".join(_shown_details(chunk.reasoning_details or []))
        chunk.parts.extend([ReasoningPart(text)] if text else [])
    chunk.parts.extend(_content_parts(message.get("content")))
    refusal = message.get("refusal")
    chunk.refusal = refusal if isinstance(refusal, str) else ""
    chunk.calls_tool = bool(message.get("tool_calls") or message.get("function_call"))


def _shown_details(details: list[Any]) -> Iterator[str]:
    """The readable texts among reasoning details; encrypted ones are not for people."""
    for detail in details:
        if isinstance(detail, dict):
            for key in ("text", "summary"):
                if isinstance(detail.get(key), str):
                    yield detail[key]


def _content_parts(content: object, depth: int = 0) -> Iterator[TextPart | ReasoningPart]:
    """Content as a string, or as Mistral's list of thinking and text."""
    if isinstance(content, str):
        if content:
            yield TextPart(content)
    elif isinstance(content, list) and depth < _DEEPEST:
        for item in content:
            yield from _content_parts(item, depth + 1)
    elif isinstance(content, dict) and depth < _DEEPEST:
        thought = content.get("thinking") or content.get("reasoning")
        if thought:
            text = "".join(part.text for part in _content_parts(thought, depth + 1))
            yield from [ReasoningPart(text)] if text else []
        else:
            yield from _content_parts(content.get("text"), depth + 1)


def _error_in(document: dict[str, Any], choice: dict[str, Any]) -> object:
    """The error a document reports, as the document that holds it, or None."""
    if document.get("error"):
        return document
    if choice.get("error"):
        return choice
    for name, sign in (("x_groq", "error"), ("base_resp", "status_code")):  # Groq, MiniMax
        holder = document.get(name)
        if isinstance(holder, dict) and holder.get(sign):
            return holder
    if document.get("object") in _ERRORS:
        return document
    return None if "choices" in document else _error_told(document)


def _error_told(document: dict[str, Any]) -> object:
    """A document that is not a chunk, if it reports an error in a field other than `error`."""
    says = next(filter(None, map(document.get, _REASONS)), None)
    if says is None and document.get("code") not in _SUCCESSES:  # z.ai, and many gateways
        says = document.get("msg")
    return document if isinstance(says, str | list) and says else None

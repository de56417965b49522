"""The sentence meant for people in a decoded error, wherever a server puts it."""

from __future__ import annotations

import json
from typing import Any

_PLACES = (
    *("message", "Message", "error", "detail", "error_description", "error_message"),
    *("msg", "error_msg", "status_msg", "errors", "reason", "title", "text"),
)
_DEEPEST = 6  # levels of nesting that are looked into
_LONGEST_LIST = 5  # validation errors that are quoted


def sentence_in(value: object, depth: int = 0) -> str:
    """The message of a string, a list of errors, or an object with one of the usual keys.

    A string may hold JSON once more: gateways pass on what they got.
    FastAPI's `{"loc": ["body", "top_p"], "msg": "too big"}` reads `body.top_p: too big`.
    """
    if isinstance(value, str):
        return _sentence_inside(value.strip(), depth)
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        said = (sentence_in(item, depth + 1) for item in value[:_LONGEST_LIST])
        return "; ".join(filter(None, said))
    return _sentence_of(value, depth) if isinstance(value, dict) else ""


def _sentence_inside(text: str, depth: int) -> str:
    """The message in a text that is JSON, else the text."""
    if text[:1] not in ("{", "[") or depth > _DEEPEST:
        return text
    try:
        return sentence_in(json.loads(text), depth + 1) or text
    except (ValueError, RecursionError):
        return text


def _sentence_of(error: dict[str, Any], depth: int) -> str:
    for place in _PLACES:
        said = sentence_in(error.get(place), depth + 1)
        if said:
            where = error.get("loc")
            steps = [str(step)[:100] for step in where[:10]] if isinstance(where, list) else []
            return f"{'.'.join(steps)}: {said}" if steps else said
    return ""

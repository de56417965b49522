"""Reasoning in the server's own form, kept to be sent back to the same backend."""

from __future__ import annotations

import json
from typing import Any

_GROWING = {"reasoning.text": "text", "reasoning.summary": "summary"}


class RawReasoning:
    """Collects, over a reply, the field its reasoning came in and OpenRouter's details of it."""

    def __init__(self) -> None:
        self.field = ""
        self._details: list[Any] | None = None

    def add_details(self, details: list[Any]) -> None:
        """Append the details of one chunk; pieces of one text become one entry."""
        self._details = self._details or []
        for detail in details:
            last = self._details[-1] if self._details else None
            if not _grow(last, detail):
                self._details.append(dict(detail) if isinstance(detail, dict) else detail)

    def to_json(self) -> str:
        """`{"field": NAME, "reasoning_details": […]}`, or "" if no field held reasoning.

        `field` is the name under which the reasoning's text came, "" if only details came;
        `reasoning_details` stands there only if the server sent it, even an empty one.
        """
        if not self.field and self._details is None:
            return ""
        kept: dict[str, Any] = {"field": self.field}
        if self._details is not None:
            kept["reasoning_details"] = _joined(self._details)
        return json.dumps(kept, separators=(",", ":"))


def _grow(last: Any, detail: Any) -> bool:
    """Add a piece to the entry it continues; false if it begins another."""
    if not isinstance(last, dict) or not isinstance(detail, dict):
        return False
    key = _GROWING.get(str(detail.get("type")))
    same = all(last.get(name) == detail.get(name) for name in ("type", "index"))
    piece = detail.get(key) if key else None
    if not key or not same or not isinstance(piece, str | None):
        return False
    pieces = last.get(key)
    if not isinstance(pieces, list):
        pieces = last[key] = [pieces] if isinstance(pieces, str) else []
    pieces.append(piece or "")
    last.update({k: v for k, v in detail.items() if k != key and v is not None})
    return True


def _joined(details: list[Any]) -> list[Any]:
    """The details with the pieces that `_grow` gathered joined (once: it stays linear)."""
    joined = []
    for detail in details:
        key = _GROWING.get(str(detail.get("type"))) if isinstance(detail, dict) else None
        if key and isinstance(detail.get(key), list):
            pieces = [piece for piece in detail[key] if isinstance(piece, str)]
            detail = {**detail, key: "".join(pieces)}  # noqa: PLW2901
        joined.append(detail)
    return joined

"""How long a server asks to wait before the next try."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping

_SPOKEN = re.compile(
    r"(?:try again|retry)\s+(?:in|after)\s+(?:(\d+)\s*h(?:ours?)?\b|(\d+)h(?=\d))?\s*"
    r"(?:(\d+)\s*m(?:in(?:ute)?s?)?\b|(\d+)m(?=\d))?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|sec(?:ond)?s?)\b)?",
    re.IGNORECASE,
)
_EARLIEST_DATE = 1_000_000_000  # a smaller "reset" is a number of seconds, not a date
_MILLISECONDS = 100_000_000_000  # a larger one is in milliseconds
_LONGEST = 366 * 24 * 3600  # seconds; nobody asks for more, so a larger figure is something else


def wait_in(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds to wait by `retry-after-ms`, `retry-after` (seconds or a date), `x-ratelimit-reset`.

    Some servers give a moment (Unix seconds) for `retry-after`, too. Header names are in small
    letters; `now` is Unix seconds (None: the clock's). None where nothing is said or it makes
    no sense; a moment that has passed is 0.
    """
    now = time.time() if now is None else now
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said, reset = headers.get("retry-after"), headers.get("x-ratelimit-reset")
    for wait in (_reset(said, now), _until(said, now), _reset(reset, now)):
        if wait is not None and wait <= _LONGEST:
            return wait
    return None


def spoken_wait(message: str) -> float | None:
    """Seconds in a sentence: Groq's "Please try again in 7m12.5s", Azure's "after 6 seconds"."""
    found = _SPOKEN.search(message[:10_000])
    if not found or not any(found.groups()):
        return None
    *figures, seconds, unit = found.groups()
    hours, minutes = (int(figures[at] or figures[at + 1] or 0) for at in (0, 2))
    scale = 1000 if unit and unit.lower().startswith("m") else 1
    return hours * 3600 + minutes * 60 + float(seconds or 0) / scale


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return max(number, 0.0) if math.isfinite(number) else None


def _until(date: str | None, now: float) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return max(parsedate_to_datetime(date or "").timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _reset(text: str | None, now: float) -> float | None:
    """OpenRouter gives a moment in milliseconds, others one in seconds or a duration."""
    number = _number(text)
    if number is None or number < _EARLIEST_DATE:
        return number
    moment = number / 1000 if number > _MILLISECONDS else number
    return max(moment - now, 0.0)

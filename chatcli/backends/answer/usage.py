"""Token counts and cost, from wherever a server puts them."""

from __future__ import annotations

import math
from typing import Any

from chatcli.core.model import Usage


def usage_of(document: dict[str, Any], choice: dict[str, Any]) -> Usage | None:
    """The usage that a chunk or completion reports, or None.

    It stands at the top (OpenAI), in the choice (Moonshot), in `x_groq` (Groq) or, as
    counters of the engine, in `timings` (llama.cpp). Counts may be null, strings or absent.
    """
    for holder in (document, choice, document.get("x_groq")):
        reported = holder.get("usage") if isinstance(holder, dict) else None
        if isinstance(reported, dict):
            usage = _usage(reported)
            if usage is not None:
                return usage
    timings = document.get("timings")
    return _from_timings(timings) if isinstance(timings, dict) else None


def merged(old: Usage | None, new: Usage) -> Usage:
    """A later report replaces an earlier one, but an unknown figure replaces nothing."""
    if old is None:
        return new
    return Usage(
        old.input_tokens if new.input_tokens is None else new.input_tokens,
        old.output_tokens if new.output_tokens is None else new.output_tokens,
        old.cost_usd if new.cost_usd is None else new.cost_usd,
    )


def _usage(reported: dict[str, Any]) -> Usage | None:
    sent = count(reported.get("prompt_tokens"), reported.get("input_tokens"))
    written = count(reported.get("completion_tokens"), reported.get("output_tokens"))
    cost = _cost(reported.get("cost"))
    if not sent and not written and not cost:
        return None  # nothing, or the zeros of a server that does not count
    return Usage(sent or None, written, cost)


def _from_timings(timings: dict[str, Any]) -> Usage | None:
    new, cached = count(timings.get("prompt_n")), count(timings.get("cache_n"))
    written = count(timings.get("predicted_n"))
    if written is None:
        return None
    # without the number of cached tokens the new ones say nothing about the prompt's length
    return Usage(None if new is None or cached is None else new + cached, written)


def count(*values: object) -> int | None:
    """The first value that is a number of tokens: an int, or a string of digits."""
    for value in values:
        number = _number(value)
        if number is not None:
            return int(number)
    return None


def _cost(value: object) -> float | None:
    number = _number(value)
    return None if number is None else float(number)


_LARGEST = 10**15  # fits every database's integer


def _number(value: object) -> float | None:
    """A plain number that is not negative; strings of digits count."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number <= _LARGEST else None

"""The line above the input: what the session in view is doing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from prompt_toolkit.formatted_text import StyleAndTextTuples

from chatcli.core.text import one_line
from chatcli.ui.printing.view import SessionView

SHOWN_SECONDS = 2
"""Durations are shown from here on."""


def status_line(
    view: SessionView, *, waiting: bool, queued: Sequence[str], now: float
) -> StyleAndTextTuples:
    """Fragments of one line; none when the session is idle.

    Args:
        view: the session in view.
        waiting: a message of this session waits for a slot or for another process.
        queued: the messages behind it.
        now: `time.monotonic()`.
    """
    parts = [*_activity(view, waiting=waiting, now=now)]
    if queued:
        parts.append(f"{len(queued)} queued")
    if not parts:
        return []
    if view.progress and not view.progress.elsewhere:
        parts.append("Ctrl-C stops")
    if queued:
        parts.append("Up takes the last one back")
    retry = view.progress.retry if view.progress else None
    if retry is not None:
        parts.append(one_line(retry.reason))
    return [("class:warning" if retry else "class:status", " · ".join(parts))]


def _activity(view: SessionView, *, waiting: bool, now: float) -> list[str]:
    progress = view.progress
    if progress is None:
        return ["waiting for its turn"] if waiting else []
    if progress.retry is not None:
        return [_retry(view, now)]
    seconds = now - progress.since
    word = "writing" if progress.has_text else "waiting for the first words"
    if progress.reply.thinking:
        word = "thinking"
    where = [f"another process is {word} here"] if progress.elsewhere else [word]
    shown = [f"{seconds:.0f} s"] if seconds >= SHOWN_SECONDS else []
    return [*where, *shown, *(["your message waits its turn"] if waiting else [])]


def _retry(view: SessionView, now: float) -> str:
    progress = view.progress
    if progress is None or progress.retry is None:
        return ""
    retry = progress.retry
    left = math.ceil(progress.retry_at - now)
    when = f"in {left} s" if left > 0 else "now"
    return f"attempt {retry.attempt} of {retry.attempts} {when}"

"""Answers without an end: read up to a limit, what came is kept."""

from __future__ import annotations

import pytest

from chatcli.backends.answer.size_limit import LARGEST_REPLY, LARGEST_SILENCE, MEGABYTE
from chatcli.errors import BadResponseError, ReplyCutOffError
from tests.backends.heard import HALF, Heard
from tests.fault_exchange import chunk, event, stop, text

TIMES = LARGEST_SILENCE // MEGABYTE + 1
FLOODS = {
    "an event": (b'data: {"choices": [{"delta": {"content": "', b"x" * MEGABYTE),
    "comments": (b": still here\n", b": still here\n" * (MEGABYTE // 12)),
    "data lines": (b"data: x\n", b"data: x\n" * (MEGABYTE // 7)),
    "a JSON body": (b'{"choices": [', b" " * MEGABYTE),
    "junk": (b"x", b"x" * MEGABYTE),
    "reasoning details": (
        event(chunk({"reasoning_details": []})),
        event(chunk({"reasoning_details": [{"data": "x" * MEGABYTE}]})),
    ),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_without_text_is_no_reply(flood: str) -> None:
    first, more = FLOODS[flood]
    heard = Heard(first, *[more] * TIMES, text("too late"), stop())
    assert isinstance(heard.error, BadResponseError)
    assert heard.error.message == "acme sent 32 MB without any text"
    assert "base_url" in heard.error.hint
    assert heard.text == ""


def test_a_flood_after_text_keeps_it() -> None:
    heard = Heard(*HALF, *[b"data: " + b"x" * MEGABYTE] * TIMES)
    assert isinstance(heard.error, ReplyCutOffError)
    assert "what came before is kept" in heard.error.message
    assert heard.text == "Half an answer"


@pytest.mark.parametrize("field", ["content", "reasoning"])
def test_a_reply_without_end_is_stopped(field: str) -> None:
    piece = event(chunk({field: "x" * MEGABYTE}))
    heard = Heard(*[piece] * (LARGEST_REPLY // MEGABYTE + 9), stop())
    assert isinstance(heard.error, ReplyCutOffError)
    assert "what came is kept" in heard.error.message
    assert len(heard.text + heard.reasoning) == LARGEST_REPLY + MEGABYTE


def test_any_number_of_comments_between_texts_is_taken() -> None:
    waiting = b": still here\n\n" * 200_000
    heard = Heard(*[part for _ in range(4) for part in (waiting, text("a"))], stop())
    assert heard.error is None
    assert heard.text == "aaaa"

"""No control character from outside reaches a terminal raw, on any way there."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from tests.security.controls import raw_controls
from tests.security.hostile import BIDI, C0, C1, KNOWN, hostile_text
from tests.security.ways import WAYS

TEXTS = st.randoms(use_true_random=False).map(hostile_text)


@pytest.fixture(autouse=True)
def _colour_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@given(text=TEXTS)
@settings(max_examples=120)
def test_no_generated_text_gets_through(way: Callable[[str], str], text: str) -> None:
    assert raw_controls(way(text)) == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_known_sequence_gets_through(way: Callable[[str], str]) -> None:
    for text in [*KNOWN, *C0, *C1, *BIDI]:
        assert raw_controls(way(f"before {text} after")) == [], ascii(text)


def test_what_is_held_back_would_have_been_found() -> None:
    for text in [*KNOWN, *C0, *C1, *BIDI]:
        if text[0] < "\ud800" or text[0] > "\udfff":  # halves of pairs cannot be written at all
            assert raw_controls(f"\x1b[1m{text}\x1b[0m"), ascii(text)
    found = sum(bool(raw_controls(hostile_text(Random(seed)))) for seed in range(200))
    assert found > 150


def test_the_program_s_own_sequences_are_allowed_only_whole() -> None:
    link = "\x1b]8;id=4c5a4a3e;http://false.test/\x1b\\bank\x1b]8;;\x1b\\"
    assert raw_controls("a\tb\n\x1b[1;36mc\x1b[0m") == []
    assert raw_controls(link)  # the id is not its target's
    assert raw_controls("\x1b[5mhidden\x1b[0m")

from __future__ import annotations

import unicodedata

from hypothesis import given, strategies as st

from chatcli.core.text import encodable, for_terminal, one_line

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@given(ANY_TEXT)
def test_no_control_character_survives(text: str) -> None:
    safe = for_terminal(text)
    bad = [c for c in safe if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert bad == []
    assert not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in safe)
    assert for_terminal(safe) == safe


def test_an_escape_sequence_is_shown_instead_of_obeyed() -> None:
    assert for_terminal("\x1b]0;title\x07\x1b[2J") == "␛]0;title␇␛[2J"
    assert for_terminal("\x9b31m") == "<U+009B>31m"
    assert for_terminal("a\r\nb\rc") == "a\nb␍c"


def test_one_line_is_one_line_and_cut() -> None:
    assert one_line(" a\n\n b\tc ") == "a b c"
    assert one_line("abcdef", 4) == "abc…"


@given(ANY_TEXT)
def test_encodable_text_can_be_encoded(text: str) -> None:
    encodable(text).encode()


def test_halves_of_a_pair_are_joined_and_lone_ones_replaced() -> None:
    assert encodable("\ud83d\ude00") == "😀"
    assert encodable("a\ud83db") == "a\ufffdb"

"""Long pastes: folded in the input, whole in the message."""

from __future__ import annotations

from hypothesis import given, strategies as st
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

from chatcli.ui.prompt.paste import Folds, PasteParser

LONG = "line\n" * 200


def test_short_texts_stay_as_they_are() -> None:
    assert Folds().fold("two\nlines") == "two\nlines"


def test_a_long_text_is_one_sign_and_comes_back_whole() -> None:
    folds = Folds()
    sign = folds.fold(LONG)
    assert len(sign) == 1
    assert folds.label(sign) == "[pasted 200 lines]"
    assert folds.expand(f"see {sign}!") == f"see {LONG}!"
    assert folds.label("x") == ""


def test_the_same_text_has_the_same_sign() -> None:
    folds = Folds()
    assert folds.fold(LONG) == folds.fold(LONG)
    assert folds.fold(LONG) != folds.fold(LONG + "x")


def test_what_was_written_around_a_paste_stays_visible() -> None:
    folds = Folds()
    sign = folds.fold(LONG)
    assert folds.restored(f"see {LONG} there, edited") == f"see {sign} there, edited"
    written = "my own line\n" * 20
    assert folds.restored(written) == written
    assert len(folds.restored("x\n" * 5000)) == 1


def test_one_long_line_is_counted_in_characters() -> None:
    folds = Folds()
    assert folds.label(folds.fold("x" * 12_345)) == "[pasted 12,345 characters]"


@given(
    st.text(st.characters(exclude_characters="\x1b", exclude_categories=["Cs"]), max_size=500),
    st.lists(st.integers(1, 40), min_size=1),
)
def test_a_paste_arrives_whole_however_it_is_cut(text: str, sizes: list[int]) -> None:
    pressed: list[KeyPress] = []
    parser = PasteParser(pressed.append)
    data = f"a\x1b[200~{text}\x1b[201~b"
    while data:
        size = sizes[len(data) % len(sizes)]
        parser.feed(data[:size])
        data = data[size:]
    parser.flush()
    assert [key.key for key in pressed] == ["a", Keys.BracketedPaste, "b"]
    assert pressed[1].data == text


def test_a_broken_end_mark_is_part_of_the_text() -> None:
    pressed: list[KeyPress] = []
    parser = PasteParser(pressed.append)
    for piece in ("\x1b[200~one\x1b[20", "1two\x1b[201", "~"):
        parser.feed(piece)
    assert pressed[0].data == "one\x1b[201two"

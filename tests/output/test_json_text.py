import json

from hypothesis import given, strategies as st

from chatcli.output.json_text import json_text

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_unicode_stays_readable() -> None:
    assert json_text({"text": "Grüße, 世界"}) == '{"text": "Grüße, 世界"}'


@given(st.dictionaries(ANY_TEXT, ANY_TEXT | st.lists(ANY_TEXT) | st.none()))
def test_it_reads_back_the_same_and_holds_nothing_a_terminal_obeys(value: object) -> None:
    text = json_text(value)
    assert json.loads(text) == value
    text.encode()
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2028" for c in text)
    assert "\n" not in text

"""Which part of a conversation fits on a page."""

from __future__ import annotations

from hypothesis import given, strategies as st

from chatcli.core.model import Role, Turn, TurnStatus
from chatcli.ui.printing.page import height, last_lines, last_page


def turn(number: int, content: str) -> Turn:
    return Turn(number, "s", None, Role.ASSISTANT, content, TurnStatus.COMPLETE, 0.0, number)


def test_the_last_turns_that_fit() -> None:
    turns = [turn(n, f"turn {n}") for n in range(1, 30)]
    page = last_page(turns, 10, 80, more_before=False)
    assert [t.id for t in page.turns] == [25, 26, 27, 28, 29]
    assert page.cut


def test_all_of_a_short_conversation() -> None:
    turns = [turn(1, "a"), turn(2, "b")]
    assert last_page(turns, 10, 80, more_before=False).turns == tuple(turns)
    assert not last_page(turns, 10, 80, more_before=False).cut
    assert last_page(turns, 10, 80, more_before=True).cut


def test_a_reply_longer_than_the_page_is_cut_at_its_start() -> None:
    text = "\n\n".join(f"paragraph {n}" for n in range(100))
    page = last_page([turn(1, text)], 20, 80, more_before=False)
    assert page.cut
    assert page.turns[0].content.endswith("paragraph 99")
    assert page.turns[0].content.startswith("paragraph 9")


def test_a_cut_in_a_code_block_opens_it_again() -> None:
    text = "intro\n\n```python\n" + "\n".join(f"x = {n}" for n in range(100)) + "\n```\nend"
    cut = last_lines(text, 20)
    assert cut.startswith("```python\nx = ")
    assert cut.endswith("x = 99\n```\nend")


@given(st.text(alphabet="ab `~\n", max_size=300), st.integers(1, 20))
def test_what_is_kept_is_the_end_of_the_text(text: str, count: int) -> None:
    kept = last_lines(text, count)
    without_fence = kept.partition("\n")[2]
    assert text.endswith((kept, without_fence))
    assert kept.count("\n") <= count + 1


def test_height_counts_wrapped_rows() -> None:
    assert height("a\nb", 80) == 2
    assert height("x" * 200, 80) == 3

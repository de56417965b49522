from __future__ import annotations

from hypothesis import given, strategies as st

from chatcli.core.model import Role, Turn, TurnStatus
from chatcli.core.window import answered, choose, estimate_tokens

REPLIES = st.tuples(st.sampled_from(list(TurnStatus)), st.text(max_size=30), st.booleans())


def thread(replies: list[tuple[TurnStatus, str, bool]]) -> list[Turn]:
    """Prompts with their replies; a reply is missing where the last value is false."""
    turns: list[Turn] = []
    for status, text, has_reply in replies:
        turns.append(turn(len(turns), Role.USER, "question", TurnStatus.COMPLETE))
        if has_reply:
            turns.append(turn(len(turns), Role.ASSISTANT, text, status))
    return turns


def turn(number: int, role: Role, content: str, status: TurnStatus) -> Turn:
    return Turn(number, "sess_0", None, role, content, status, 0.0, number)


@given(st.lists(REPLIES, max_size=8))
def test_what_is_sent_alternates_and_is_never_empty(
    replies: list[tuple[TurnStatus, str, bool]],
) -> None:
    window = choose(thread(replies), "now", system_prompt="system")
    roles = [message.role for message in window.messages]
    pairs = (len(roles) - 2) // 2
    assert roles == ["system", *["user", "assistant"] * pairs, "user"]
    assert all(message.content for message in window.messages)


@given(st.lists(REPLIES, max_size=8), st.integers(1, 60))
def test_a_limit_leaves_out_the_oldest_exchanges(
    replies: list[tuple[TurnStatus, str, bool]], limit: int
) -> None:
    turns = thread(replies)
    window = choose(turns, "now", limit=limit)
    kept = [message.content for message in window.messages[:-1]]
    whole = [t.content for t in answered(turns)]
    assert kept == whole[window.left_out :]
    assert window.messages[-1].content == "now"
    assert window.tokens <= limit or len(window.messages) == 1


def test_the_estimate_counts_bytes() -> None:
    assert estimate_tokens("a" * 400) == 104

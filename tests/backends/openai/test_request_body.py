"""Whatever the history, what is sent keeps the order that strict servers want."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.openai.request_body import chat_body, orderly
from chatcli.core.ports import ChatRequest, Message
from chatcli.errors import BadRequestError

MESSAGES = st.lists(
    st.builds(
        Message,
        st.sampled_from(["system", "user", "assistant"]),
        st.sampled_from(["", " ", "a", "b c", "\n\nd"]),
    )
)


@given(MESSAGES)
def test_one_system_message_then_user_and_assistant_in_turn(messages: list[Message]) -> None:
    try:
        ordered = orderly(messages)
    except BadRequestError:
        assert not any(m.role == "user" and m.content.strip() for m in messages)
        return
    roles = [message.role for message in ordered]
    talk = roles[1:] if roles[0] == "system" else roles
    assert talk[0] == "user"
    assert "system" not in talk
    assert all(one != other for one, other in pairwise(talk))
    assert all(message.content.strip() for message in ordered)


@pytest.mark.parametrize("name", ["model", "messages", "prompt"])
def test_what_makes_up_a_request_is_no_option(name: str) -> None:
    request = ChatRequest("m", (Message("user", "Hi"),), {}, None)
    with pytest.raises(BadRequestError, match=f"^{name} is not a model parameter"):
        chat_body(request, {name: "x"}, "test")


@given(MESSAGES)
def test_no_user_message_is_lost(messages: list[Message]) -> None:
    said = "".join(m.content for m in messages if m.role == "user" and m.content.strip())
    if not said:
        return
    sent = "".join(m.content for m in orderly(messages) if m.role == "user")
    assert "".join(sent.split()) == "".join(said.split())

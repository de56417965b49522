"""Which turns a model is sent: the conversation as messages, within a size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chatcli.core.model import Role, Turn, TurnStatus
from chatcli.core.ports import Message

BYTES_PER_TOKEN = 4
"""An estimate for when no tokenizer is at hand: within 15 % for English, code and Chinese."""
TOKENS_PER_MESSAGE = 4
"""What chat templates add around each message."""


class Window(NamedTuple):
    """The messages to send; `left_out` turns did not fit; `tokens` is the estimate."""

    messages: tuple[Message, ...]
    left_out: int
    tokens: int


def estimate_tokens(text: str) -> int:
    """Tokens of `text`, estimated from its UTF-8 length."""
    return len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN + TOKENS_PER_MESSAGE


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """The turns without prompts that got no text in reply, and without those replies.

    What remains alternates between user and assistant, so no model sees two messages of
    one role in a row after a failure.
    """
    kept: list[Turn] = []
    for turn in turns:
        is_reply = turn.role is Role.ASSISTANT
        if is_reply and (turn.status is TurnStatus.FAILED or not turn.content):
            if kept and kept[-1].role is Role.USER:
                kept.pop()
        elif is_reply or not kept or kept[-1].role is Role.ASSISTANT:
            kept.append(turn)
        else:  # two prompts in a row: the earlier one was never answered
            kept[-1] = turn
    if kept and kept[-1].role is Role.USER:
        kept.pop()
    return kept


def choose(
    context: Sequence[Turn], prompt: str, *, system_prompt: str = "", limit: int = 0
) -> Window:
    """The messages for `prompt` after the turns of `context`.

    At most `limit` (estimated) tokens are taken, oldest exchanges left out first; 0 means
    all. The system prompt and the prompt itself are always sent.
    """
    head = [Message("system", system_prompt)] if system_prompt else []
    tail = Message("user", prompt)
    size = sum(estimate_tokens(message.content) for message in (*head, tail))
    turns = answered(context)
    kept = len(turns)
    while kept >= 2:  # noqa: PLR2004 - an exchange is a prompt and its reply
        pair = turns[kept - 2 : kept]
        pair_size = sum(estimate_tokens(turn.content) for turn in pair)
        if limit and size + pair_size > limit:
            break
        size += pair_size
        kept -= 2
    sent = [Message(turn.role, turn.content, turn.reasoning) for turn in turns[kept:]]
    return Window((*head, *sent, tail), left_out=kept, tokens=size)

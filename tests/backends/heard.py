"""A reply decoder that was fed and ended, and everything it gave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.backends.faults.endpoint import Endpoint
from chatcli.core.model import Usage
from chatcli.core.ports import (
    EndPart,
    NoticePart,
    ReasoningPart,
    StreamPart,
    TextPart,
    TextWasReasoningPart,
    UsagePart,
)
from chatcli.errors import (
    BackendError,
)
from tests.fault_exchange import text

KEY = "sk-proj-abcdefghijklmnop1234567890"
ENDPOINT = Endpoint("acme", "https://api.acme.example/v1", "acme-1", (KEY,))
HALF = (text("Half an "), text("answer"))
WHOLE = (text("Hello "), text("world"))


def text_and_reasoning(parts: Iterable[StreamPart]) -> tuple[str, str]:
    """What a reply's parts amount to."""
    text, reasoning = "", ""
    for part in parts:
        match part:
            case TextPart(more):
                text += more
            case ReasoningPart(more):
                reasoning += more
            case TextWasReasoningPart():
                text, reasoning = "", reasoning + text
    return text, reasoning


class Heard:
    """Everything a decoder gave, fed in these pieces and ended."""

    def __init__(self, *pieces: bytes) -> None:
        self.decoder = ReplyDecoder(ENDPOINT)
        self.parts: list[StreamPart] = []
        self.error: BackendError | None = None
        for piece in pieces:
            self.parts += self.decoder.feed(piece)
        try:
            for part in self.decoder.end():
                self.parts.append(part)
        except BackendError as error:
            self.error = error

    def of(self, kind: type[StreamPart]) -> list[Any]:
        return [part for part in self.parts if isinstance(part, kind)]

    @property
    def text(self) -> str:
        return text_and_reasoning(self.parts)[0]

    @property
    def reasoning(self) -> str:
        return text_and_reasoning(self.parts)[1]

    @property
    def raw(self) -> str:
        return "".join(part.raw for part in self.of(ReasoningPart))

    @property
    def usage(self) -> Usage | None:
        told = self.of(UsagePart)
        return told[-1].usage if told else None

    @property
    def notices(self) -> list[str]:
        return [part.text for part in self.of(NoticePart)]

    @property
    def finish_reason(self) -> str | None:
        assert self.error is None, self.error
        end = self.parts[-1]
        assert isinstance(end, EndPart)
        assert self.of(EndPart) == [end]
        return end.finish_reason

    def summary(self) -> tuple[object, ...]:
        error = self.error and (type(self.error), self.error.message, self.error.hint)
        return self.text, self.reasoning, self.raw, self.usage, self.notices, error

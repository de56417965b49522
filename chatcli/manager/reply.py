"""One reply from request to end: its text so far, and its outcome."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from chatcli.config import ModelChoice
from chatcli.core.events import (
    Event,
    FellBack,
    ReasoningDelta,
    Retrying,
    StillWaiting,
    TextDelta,
    TextWasReasoning,
)
from chatcli.core.model import EarlyEnd, Fault, Reasoning, TurnStatus, Usage, early_end
from chatcli.core.ports import (
    Backends,
    Begun,
    ChatRequest,
    EndPart,
    NoticePart,
    ReasoningPart,
    ReplyEnd,
    RetryPart,
    StreamPart,
    TextPart,
    TextWasReasoningPart,
    UsagePart,
    WaitingPart,
)
from chatcli.core.text import encodable
from chatcli.core.window import choose
from chatcli.errors import BackendError, ChatcliError, ExitCode

_AT_THE_LIMIT = Fault(
    "length",
    "the reply reached the model's output limit",
    "`chatcli continue SESSION` continues it; a larger max_tokens allows more",
)
_NO_ROOM_LEFT = Fault(
    "context_too_long",
    "the conversation filled the model's context before the reply was done",
    "use a model with a larger context, or limit what is sent with limits.context_tokens",
)
_SERVER_STOPPED = Fault("server_error", "the server stopped the reply early")
EARLY_ENDS = {
    EarlyEnd.LENGTH: _AT_THE_LIMIT,
    EarlyEnd.FILTER: Fault("content_filter", "the server's content filter stopped the reply"),
    EarlyEnd.FULL: _NO_ROOM_LEFT,
    EarlyEnd.FAULT: _SERVER_STOPPED,
}
SHORTAGE = "shortage"
TRUNCATION_MINIMUM = 2000
TRUNCATION_SHARE = 0.5


class Checkpoint(Protocol):
    """Stores text as it arrives; the arguments are those of ReplyText."""

    def __call__(
        self, turn_id: int, text: str, reasoning: str = "", *, text_was_reasoning: bool = False
    ) -> None:
        """Take text at once."""
        ...


@dataclass(slots=True)
class ReplyWriter:
    """Collects one reply and publishes it; `checkpoint` is told what arrived.

    `timeout` bounds it in seconds, whichever models are asked.
    """

    begun: Begun
    choices: Sequence[ModelChoice]
    publish: Callable[[Event], None]
    checkpoint: Checkpoint
    timeout: float | None = None
    options: dict[str, object] = field(default_factory=dict)
    context_limit: int = 0
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    raw_reasoning: str = ""
    usage: Usage | None = None
    finish_reason: str | None = None
    model_used: str = ""
    backend_used: str = ""
    first_token_seconds: float | None = None
    notices: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    sent_tokens: int = 0

    @property
    def turn_id(self) -> int:
        """The reply's id."""
        return self.begun.reply.id

    async def run(self, prompt: str, backends: Backends) -> None:
        """Ask the models in turn until one answers; raises BackendError, ConfigError."""
        for index, choice in enumerate(self.choices):
            try:
                await self._ask(choice, prompt, backends)
            except BackendError as error:
                following = self.choices[index + 1 : index + 2]
                if self.text or not error.fallback or not following or self._is_over():
                    raise
                self._fall_back(choice, following[0], error)
            else:
                return

    def _is_over(self) -> bool:
        """Whether no time is left in which another model could answer."""
        return self.timeout is not None and time.monotonic() - self.started >= self.timeout

    def _fall_back(self, failed: ModelChoice, model: ModelChoice, error: BackendError) -> None:
        self.raw_reasoning, self.usage = "", None  # of no use to another server, not of its reply
        self.publish(
            FellBack(self.begun.session.id, self.turn_id, failed.name, model.name, error.message)
        )

    async def _ask(self, choice: ModelChoice, prompt: str, backends: Backends) -> None:
        self.model_used, self.backend_used = choice.name, choice.backend
        request = self._request(choice, prompt)
        stream = backends.get(choice.backend).stream(request)
        try:
            async for part in stream:
                self._take(part)
        finally:
            await stream.aclose()
        self._price(choice)
        self._notice_truncation()

    def _request(self, choice: ModelChoice, prompt: str) -> ChatRequest:
        session = self.begun.session
        window = choose(
            self.begun.context,
            prompt,
            system_prompt=session.system_prompt,
            limit=choice.context_tokens or self.context_limit,
        )
        if window.left_out:
            self.notices.append(f"{window.left_out} earlier turns did not fit and were not sent")
        self.sent_tokens = window.tokens
        options = {**choice.options, **session.options, **self.options}
        elapsed = time.monotonic() - self.started
        return ChatRequest(choice.model, window.messages, options, self.timeout, elapsed)

    def _take(self, part: StreamPart) -> None:
        session_id, turn_id = self.begun.session.id, self.turn_id
        match part:
            case TextPart(text, tentative):
                self._arrived()
                self.text.append(text)
                self.checkpoint(turn_id, text)
                self.publish(TextDelta(session_id, turn_id, text, tentative))
            case TextWasReasoningPart():
                self._text_was_reasoning()
            case ReasoningPart(text, raw):
                self._arrived()
                self.raw_reasoning += raw
                self.reasoning.append(text)
                self.checkpoint(turn_id, "", text)
                self.publish(ReasoningDelta(session_id, turn_id, text))
            case UsagePart(usage):
                self.usage = usage
            case RetryPart(attempt, attempts, wait_seconds, reason):
                self.usage = None
                self.publish(Retrying(session_id, turn_id, attempt, attempts, wait_seconds, reason))
            case WaitingPart(seconds):
                self.publish(StillWaiting(session_id, turn_id, seconds))
            case NoticePart(text):
                self.notices.append(text)
            case EndPart(finish_reason):
                self.finish_reason = finish_reason

    def _text_was_reasoning(self) -> None:
        text = "".join(self.text)
        self.text.clear()
        self.reasoning.append(text)
        self.checkpoint(self.turn_id, "", text_was_reasoning=True)
        self.publish(TextWasReasoning(self.begun.session.id, self.turn_id, text))

    def _arrived(self) -> None:
        if self.first_token_seconds is None:
            self.first_token_seconds = time.monotonic() - self.started

    def _price(self, choice: ModelChoice) -> None:
        usage = self.usage
        if usage is None or usage.cost_usd is not None or choice.price is None:
            return
        if usage.input_tokens is None or usage.output_tokens is None:
            return
        cost = usage.input_tokens * choice.price.input + usage.output_tokens * choice.price.output
        self.usage = replace(usage, cost_usd=cost / 1_000_000)

    def _notice_truncation(self) -> None:
        counted = self.usage.input_tokens if self.usage else None
        if not counted or self.sent_tokens < TRUNCATION_MINIMUM:
            return
        if counted < self.sent_tokens * TRUNCATION_SHARE:
            self.notices.append(
                f"the server read {counted} of about {self.sent_tokens} tokens sent: "
                "it seems to cut the conversation; give it a larger context or send fewer turns"
            )

    def end(self, error: BaseException | None, *, cancelled: bool) -> ReplyEnd:
        """What is to be stored, given how `run` ended."""
        text = encodable("".join(self.text))
        fault = self._fault(error, cancelled=cancelled)
        if fault is None:
            status = TurnStatus.COMPLETE
        else:
            status = TurnStatus.INCOMPLETE if text else TurnStatus.FAILED
        return ReplyEnd(
            turn_id=self.turn_id,
            status=status,
            content=text,
            model_used=self.model_used,
            finish_reason="cancelled" if cancelled else self._finish_reason(error),
            usage=self.usage,
            first_token_seconds=self.first_token_seconds,
            total_seconds=time.monotonic() - self.started,
            reasoning=Reasoning(
                encodable("".join(self.reasoning)), self.backend_used, self.raw_reasoning
            ),
            error=fault,
        )

    def _finish_reason(self, error: BaseException | None) -> str | None:
        return error.finish_reason if isinstance(error, BackendError) else self.finish_reason

    def _fault(self, error: BaseException | None, *, cancelled: bool) -> Fault | None:
        if cancelled:
            came = self.text or self.reasoning
            how = "; what came is kept" if came else " before it began"
            return Fault("interrupted", f"the reply was stopped{how}")
        if isinstance(error, ChatcliError):
            return Fault(error.kind, error.message, error.hint)
        if error is not None:
            return self._unexpected(error)
        early = early_end(self.finish_reason)
        return None if early is None else EARLY_ENDS[early]

    def _unexpected(self, error: BaseException) -> Fault:
        from chatcli.core.shortage import SHORTAGE_HINT, shortage_of

        kept = "; what came is kept" if self.text else ""
        if short := shortage_of(error):
            return Fault(SHORTAGE, short + kept, SHORTAGE_HINT)
        sentence = f"unexpected {type(error).__name__}: this is a bug in chatcli"
        return Fault("unexpected", sentence + kept)


def exit_code(end: ReplyEnd, error: BaseException | None, *, cancelled: bool) -> ExitCode:
    """The exit code of a process that only sent this message."""
    if end.status is TurnStatus.COMPLETE:
        return ExitCode.OK
    if cancelled:
        return ExitCode.INTERRUPTED
    if end.status is TurnStatus.INCOMPLETE:
        return ExitCode.INCOMPLETE
    if isinstance(error, ChatcliError):
        return error.exit_code
    if error is None:
        return ExitCode.INCOMPLETE
    short = end.error is not None and end.error.kind == SHORTAGE
    return ExitCode.TRY_AGAIN if short else ExitCode.UNEXPECTED

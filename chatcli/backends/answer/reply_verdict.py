"""Whether what a server sent was a reply, and if not, what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chatcli.backends.faults.endpoint import CHECK_ADDRESS, Endpoint
from chatcli.core.model import EarlyEnd, early_end
from chatcli.errors import (
    BackendError,
    BadResponseError,
    ContentFilteredError,
    EmptyReplyError,
    ReplyCutOffError,
    ServerFaultError,
)

_FAILED = "error"  # OpenRouter's finish_reason
_LONGEST_QUOTE = 200  # characters of what a server sent in place of a reply
NO_ROOM = (
    "the conversation may fill the model's context window: make room with /compact, or give "
    "the server a larger one (Ollama: OLLAMA_CONTEXT_LENGTH; LM Studio: context length)"
)
GO_ON = "`chatcli continue SESSION` goes on with it, `chatcli retry SESSION` asks again"


@dataclass(slots=True)
class Ending:
    """What is known about a reply's end.

    `done`: the protocol's own end was seen (`[DONE]`, or the end of a JSON document).
    `went_on`: text came after a finish_reason, so this server's prove nothing.
    `unreadable`: events that were no JSON; `foreign`: events that were JSON and no chunk.
    `stray`: the first words that were neither, `odd`: the first event that was no chunk.
    `error`: a decoded error document.
    """

    endpoint: Endpoint
    done: bool = False
    finish_reason: str = ""
    went_on: bool = False
    has_text: bool = False
    has_reasoning: bool = False
    refused: bool = False
    calls_tool: bool = False
    is_reply: bool = False
    """At least one chunk had the shape of one, even if an empty one."""
    unreadable: int = 0
    foreign: int = 0
    stray: str = ""
    odd: str = ""
    error: object = None

    @property
    def seen(self) -> bool:
        """The end was seen, so that a broken connection took nothing away."""
        return self.done or (bool(self.finish_reason) and not self.went_on)

    @property
    def early(self) -> bool:
        """More would have come if a limit had not ended it."""
        return early_end(self.finish_reason) is not None

    def quoted(self, words: str) -> str:
        """What else the server said, to end a sentence with; "" for nothing."""
        said = self.endpoint.safe(words, _LONGEST_QUOTE)
        return f": {said}" if said else ""

    def notices(self) -> Iterator[str]:
        """Sentences to show with a reply that did not fail."""
        if self.unreadable:
            yield (
                f"{self.unreadable} broken piece{'s' if self.unreadable > 1 else ''} of the "
                "server's stream had to be left out: the reply may have a gap"
            )
        if self.refused:
            yield "the model refused; the text is its reason"
        if self.calls_tool:
            yield "the model also called a tool; chatcli offers none, so the reply may end there"


def raise_unless_reply(ending: Ending) -> None:
    """Raise the BackendError for an ending that is not that of a reply."""
    try:
        _raise_unless_reply(ending)
    except BackendError as fault:
        fault.finish_reason = ending.finish_reason or None
        raise


def _raise_unless_reply(ending: Ending) -> None:
    if ending.error is not None:
        from chatcli.backends.faults.mapping import stream_fault  # only a fault needs it

        raise stream_fault(ending.error, ending.endpoint)
    if ending.finish_reason.lower() == _FAILED:
        server = ending.endpoint.server
        raise ServerFaultError(f"{server} stopped the reply because of an error of its own")
    if not ending.done and not ending.finish_reason:
        _raise_cut_off(ending, ending.endpoint.server)
    if not ending.has_text:
        _raise_empty(ending, ending.endpoint.server)


def _raise_cut_off(ending: Ending, server: str) -> None:
    besides = ending.quoted(ending.stray)
    if ending.has_text or ending.has_reasoning:
        besides = besides and f", where it sent something else{besides}"
        raise ReplyCutOffError(
            f"{server} closed the stream before the reply's end{besides}; what came is kept",
            hint=GO_ON,
        )
    if (ending.unreadable or ending.foreign) and not ending.is_reply:
        raise BadResponseError(
            f"{server} sent a stream that is no chat completion"
            + ending.quoted(ending.odd or ending.stray),
            hint=ending.endpoint.filled(CHECK_ADDRESS),
        )
    raise ReplyCutOffError(
        f"{server} closed the stream without any text{besides}",
        hint="its log may say why; this happens when a model does not fit into memory",
    )


def _raise_empty(ending: Ending, server: str) -> None:
    early = early_end(ending.finish_reason)
    if early is EarlyEnd.FILTER or ending.refused:
        raise ContentFilteredError(
            f"{server}'s content filter stopped the reply before any text",
            hint="rephrase it, or use another model",
        )
    if ending.calls_tool:
        raise EmptyReplyError(
            f"{server} sent a tool call and no text; chatcli offers no tools",
            hint="ask the model to answer in words, or use another model",
        )
    if ending.has_reasoning:
        cut = early is EarlyEnd.LENGTH
        raise EmptyReplyError(
            f"{server} sent only reasoning and no text"
            + ("; the output limit cut it" if cut else ""),
            hint="raise max_tokens, or ask for less reasoning" if cut else "ask again",
        )
    if ending.unreadable:
        raise BadResponseError(
            f"{server} sent nothing readable: no event of its stream was JSON"
            + ending.quoted(ending.stray)
        )
    if early is EarlyEnd.FAULT:
        raise ServerFaultError(f"{server} stopped the reply before any text")
    if early in {EarlyEnd.LENGTH, EarlyEnd.FULL}:
        raise EmptyReplyError(f"{server} reached the output limit before any text", hint=NO_ROOM)
    raise EmptyReplyError(f"{server} reported success and sent no text", hint=NO_ROOM)

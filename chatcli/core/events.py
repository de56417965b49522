"""The events of a reply, in the order in which they happen.

The grammar, for each reply:

    TurnStarted
    (Retrying | FellBack | StillWaiting | TextDelta | ReasoningDelta | TextWasReasoning)*
    TurnFinished

There is exactly one TurnFinished whatever goes wrong. The joined texts of the TextDeltas
since the last TextWasReasoning equal `TurnFinished.turn.content`, which equals what the store
holds; the joined texts of ReasoningDelta and TextWasReasoning equal `turn.reasoning.text`.
A FellBack comes only before any text.
"""

from __future__ import annotations

from dataclasses import dataclass

from chatcli.core.model import Session, Turn


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one reply of one session."""

    session_id: str
    turn_id: int


@dataclass(frozen=True, slots=True)
class TurnStarted(Event):
    """The prompt is on disk and its reply begins.

    `prompt` is None where an earlier prompt is answered again (retry, continue).
    `elsewhere` is true for a reply that another process writes.
    """

    session: Session
    prompt: Turn | None
    reply: Turn
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Retrying(Event):
    """The request will be sent again in `wait_seconds`; cancelling ends the wait."""

    attempt: int
    attempts: int
    wait_seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class FellBack(Event):
    """`failed_model` could not answer because of `reason`; `model` is asked instead."""

    failed_model: str
    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class StillWaiting(Event):
    """The server is alive and has sent no text for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TextDelta(Event):
    """More of the reply's text.

    A `tentative` one is probably reasoning, and is shown as such at first. It was text after
    all if a TextDelta that is not tentative or the TurnFinished comes before a TextWasReasoning.
    """

    text: str
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class ReasoningDelta(Event):
    """More of the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class TextWasReasoning(Event):
    """All text so far (`text`) was reasoning; the reply's text is now empty."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnFinished(Event):
    """The reply's end: complete, incomplete or failed, as `turn` says.

    `notices` are sentences for the user (turns left out of the context, say); `exit_code` is the
    exit code of a process that only sent this message.
    """

    turn: Turn
    session: Session
    notices: tuple[str, ...] = ()
    exit_code: int = 0
    elsewhere: bool = False

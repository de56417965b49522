"""Whatever a backend does, the events of a reply follow the grammar of core.events."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings, strategies as st

from chatcli.config import ModelAlias
from chatcli.core.events import (
    Event,
    FellBack,
    ReasoningDelta,
    Retrying,
    StillWaiting,
    TextDelta,
    TextWasReasoning,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.model import TurnStatus, Usage
from chatcli.core.ports import (
    EndPart,
    NoticePart,
    ReasoningPart,
    RetryPart,
    TextPart,
    TextWasReasoningPart,
    UsagePart,
    WaitingPart,
)
from chatcli.core.text import encodable
from chatcli.errors import BackendError, BackendTimeoutError
from tests.fakes import FakeBackend
from tests.manager.building import make_manager, text_and_reasoning

TEXTS = st.text(max_size=20)
PARTS = st.one_of(
    st.builds(TextPart, TEXTS, st.booleans()),
    st.just(TextWasReasoningPart()),
    st.builds(ReasoningPart, TEXTS),
    st.just(UsagePart(Usage(1, 2))),
    st.just(RetryPart(1, 2, 0.0, "busy")),
    st.just(WaitingPart(3.0)),
    st.just(NoticePart("note")),
)
ENDS = st.sampled_from(
    [
        EndPart("stop"),
        EndPart(None),
        EndPart("length"),
        BackendError("no"),
        BackendTimeoutError("late"),
        ValueError("a bug in a backend"),
    ]
)
PLANS = st.builds(lambda parts, end: [*parts, end], st.lists(PARTS, max_size=8), ENDS)
MIDDLE = (Retrying, FellBack, StillWaiting, TextDelta, ReasoningDelta, TextWasReasoning)


async def events_of(folder: Path, plans: list[list[object]]) -> tuple[list[Event], str]:
    backends = [FakeBackend(f"b{i}", [plan]) for i, plan in enumerate(plans)]  # type: ignore[list-item]
    names = [f"{b.name}/m" for b in backends]
    alias = ModelAlias(names[0], fallbacks=tuple(names[1:]))
    async with make_manager(folder, *backends, models={"m": alias}) as manager:
        session = manager.create_session("m")
        events = [e async for e in manager.stream_message(session, "Hi")]
        return events, manager.thread(session)[-1].content


@settings(deadline=None, max_examples=60)
@given(st.lists(PLANS, min_size=1, max_size=3))
def test_one_start_one_end_and_the_text_between_is_what_is_stored(
    plans: list[list[object]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        events, stored = asyncio.run(events_of(Path(folder), plans))
    assert isinstance(events[0], TurnStarted)
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert all(isinstance(event, MIDDLE) for event in events[1:-1])
    shown, thought = map(encodable, text_and_reasoning(events))
    assert shown == finished.turn.content == stored
    assert thought == finished.turn.reasoning.text
    if finished.turn.status is TurnStatus.FAILED:
        assert not shown
    assert (finished.exit_code == 0) == (finished.turn.status is TurnStatus.COMPLETE)
    assert (finished.turn.error is None) == (finished.turn.status is TurnStatus.COMPLETE)

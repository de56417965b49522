"""Text that turns out to have been reasoning: what is published, stored, sent next, counted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatcli.core.events import Event, TextDelta, TextWasReasoning, TurnFinished
from chatcli.core.model import Turn, TurnStatus, Usage
from chatcli.core.ports import EndPart, TextPart, TextWasReasoningPart, UsagePart
from chatcli.errors import BackendError, ReplyCutOffError
from chatcli.manager import PendingReply, SessionManager
from tests.fakes import FakeBackend, Step, says
from tests.manager.building import make_manager, text_and_reasoning, until_text

THOUGHT = "They say hello.\n"
PLAN: list[Step] = [
    TextPart("They "),
    TextPart("say hello.\n"),
    TextWasReasoningPart(),
    TextPart("Hello"),
    UsagePart(Usage(3, 5)),
    EndPart("stop"),
]


async def until_stored(manager: SessionManager, pending: PendingReply, reasoning: str) -> Turn:
    """The reply once its reasoning in the store is this."""
    while True:
        if pending.turn_id is not None:
            turn = manager.store.turn(pending.turn_id)
            if turn.reasoning.text == reasoning:
                return turn
        await asyncio.sleep(0.005)


def test_the_reply_its_turn_and_the_next_request(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[PLAN, says("Bye")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            reply = await manager.send_message(session, "Hi")
            assert reply.text == "Hello"
            assert (reply.turn.content, reply.turn.reasoning.text) == ("Hello", THOUGHT)
            assert manager.thread(session)[-1] == reply.turn
            assert manager.get_history(session)[-1] == {"role": "assistant", "content": "Hello"}
            await manager.send_message(session, "Bye")
            stats = manager.get_stats()
            assert (stats["output_tokens"], stats["total_turns"]) == (5, 4)

    asyncio.run(scenario())
    sent = [(message.role, message.content) for message in backend.requests[1].messages]
    assert sent == [("user", "Hi"), ("assistant", "Hello"), ("user", "Bye")]


def test_it_is_moved_in_the_store_before_the_reply_ends(tmp_path: Path) -> None:
    first, last = asyncio.Event(), asyncio.Event()
    plan = [PLAN[0], first, *PLAN[1:4], last, *PLAN[4:]]

    async def scenario() -> None:
        async with make_manager(tmp_path, FakeBackend(plans=[plan])) as manager:
            session = manager.create_session("fake/one")
            pending = manager.submit(session, "Hi")
            await until_text(manager, pending)
            first.set()
            turn = await until_stored(manager, pending, THOUGHT)
            assert turn.status is TurnStatus.STREAMING
            while manager.store.turn(turn.id).content != "Hello":
                await asyncio.sleep(0.005)
            last.set()
            await pending.finished()

    asyncio.run(scenario())


@pytest.mark.parametrize("tentative", [False, True])
def test_what_was_stopped_before_the_closing_tag_is_kept_as_text(
    tmp_path: Path, tentative: bool
) -> None:
    plan: list[Step] = [TextPart("They say", tentative), asyncio.Event()]

    async def scenario() -> None:
        async with make_manager(tmp_path, FakeBackend(plans=[plan])) as manager:
            session = manager.create_session("fake/one")
            pending = manager.submit(session, "Hi")
            await until_text(manager, pending)
            pending.cancel()
            turn = (await pending.finished()).turn
            assert (turn.status, turn.content) == (TurnStatus.INCOMPLETE, "They say")

    asyncio.run(scenario())


def test_reasoning_without_an_answer_is_a_failed_reply_that_keeps_it(tmp_path: Path) -> None:
    plan: list[Step] = [*PLAN[:3], ReplyCutOffError("it was cut off")]

    async def scenario() -> None:
        async with make_manager(tmp_path, FakeBackend(plans=[plan])) as manager:
            session = manager.create_session("fake/one")
            with pytest.raises(BackendError):
                await manager.send_message(session, "Hi")
            turn = manager.thread(session)[-1]
            assert (turn.status, turn.content) == (TurnStatus.FAILED, "")
            assert turn.reasoning.text == THOUGHT

    asyncio.run(scenario())


def test_tentative_and_certain_text_are_not_merged_into_one_event(tmp_path: Path) -> None:
    plan: list[Step] = [TextPart("a", tentative=True), TextPart("b", tentative=True), TextPart("c")]

    async def scenario() -> None:
        async with make_manager(tmp_path, FakeBackend(plans=[[*plan, EndPart()]])) as manager:
            subscription = manager.subscribe()
            pending = manager.submit(manager.create_session("fake/one"), "Hi")
            await pending.finished()
            subscription.close()
            deltas = [e async for e in subscription if isinstance(e, TextDelta)]
            assert [(e.text, e.tentative) for e in deltas] == [("ab", True), ("c", False)]

    asyncio.run(scenario())


def test_another_process_is_told_the_same(tmp_path: Path) -> None:
    """Text that was seen in the store and is moved there later."""
    first, last = asyncio.Event(), asyncio.Event()
    plan = [PLAN[0], first, *PLAN[1:4], last, *PLAN[4:]]

    async def scenario() -> list[Event]:
        async with (
            make_manager(tmp_path, FakeBackend(plans=[plan])) as writer,
            make_manager(tmp_path) as reader,
        ):
            session = writer.create_session("fake/one")
            reader.watch()
            subscription = reader.subscribe()
            pending = writer.submit(session, "Hi")
            events: list[Event] = []
            async for event in subscription:
                events.append(event)
                if isinstance(event, TextDelta):
                    (first if event.text == "They " else last).set()
                if isinstance(event, TurnFinished):
                    break
            await pending.finished()
            return events

    events = asyncio.run(asyncio.wait_for(scenario(), 60))
    assert text_and_reasoning(events) == ("Hello", THOUGHT)
    assert [e.text for e in events if isinstance(e, TextWasReasoning)] == ["They "]
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert (finished.turn.content, finished.turn.reasoning.text) == ("Hello", THOUGHT)

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from chatcli.config import ModelAlias
from chatcli.core.events import (
    Event,
    FellBack,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.model import TurnStatus, Usage
from chatcli.core.ports import (
    ChatRequest,
    EndPart,
    ReasoningPart,
    RetryPart,
    StreamPart,
    TextPart,
    UsagePart,
)
from chatcli.errors import (
    BackendError,
    BadRequestError,
    ReplyCancelledError,
    SessionBusyError,
    SessionEndedError,
    SessionFullError,
    SessionNotFoundError,
    StoreError,
)
from tests.fakes import FakeBackend, fails, says
from tests.manager.building import make_manager, until_begun, until_text


def contents(backend: FakeBackend, request: int = -1) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in backend.requests[request].messages]


def test_a_message_gets_its_reply_and_the_model_that_wrote_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one", "Be brief.")
            reply = await manager.send_message(session, "Hi")
            assert (reply.text, reply.model_used) == ("Hello there", "fake/one")
            assert reply.status is TurnStatus.COMPLETE

    asyncio.run(scenario())


def test_a_reply_can_be_taken_apart_and_asked_like_a_dictionary(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            reply = await manager.send_message(manager.create_session("fake/one"), "Hi")
            text, model_used = reply
            assert (text, model_used) == (reply.text, reply.model_used)
            assert (reply["text"], reply["model_used"]) == ("Hello there", "fake/one")

    asyncio.run(scenario())


def test_history_goes_to_the_model_as_system_then_turns(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one", "Be brief.")
            await manager.send_message(session, "1?")
            await manager.send_message(session, "2?")

    asyncio.run(scenario())
    assert contents(backend) == [
        ("system", "Be brief."),
        ("user", "1?"),
        ("assistant", "Hello there"),
        ("user", "2?"),
    ]


def test_an_unknown_session_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            with pytest.raises(SessionNotFoundError):
                await manager.send_message("nobody", "Hi")

    asyncio.run(scenario())


@pytest.mark.parametrize("by_name", [True, False])
def test_a_full_session_is_refused_before_anything_is_written(
    tmp_path: Path, *, by_name: bool
) -> None:
    backend = FakeBackend()

    async def scenario() -> None:
        async with make_manager(tmp_path, backend, max_turns=2) as manager:
            session = manager.create_session("fake/one", name="s")
            await manager.send_message(session, "1?")
            with pytest.raises(SessionFullError):
                await manager.send_message("s" if by_name else session, "2?")
            assert len(manager.get_history(session)) == 2

    asyncio.run(scenario())
    assert len(backend.requests) == 1


def test_an_ended_session_takes_no_message(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one", name="s")
            manager.end_session(session)
            with pytest.raises(SessionEndedError):
                await manager.send_message("s", "Hi")

    asyncio.run(scenario())


def test_a_session_ended_for_room_comes_back_when_it_is_written_to(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path, max_sessions=1) as manager:
            first = manager.create_session("fake/one", name="first")
            manager.create_session("fake/one", name="second")
            manager.take_notices()
            await manager.send_message(first, "still there?")
            assert [s.name for s in manager.sessions()] == ["first"]
            assert "'second' was ended to make room" in manager.take_notices()[0]

    asyncio.run(scenario())


def test_a_failure_leaves_no_dangling_turn_in_the_next_request(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), fails("no"), says("three")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "1?")
            with pytest.raises(BackendError, match="no"):
                await manager.send_message(session, "2?")
            thread = manager.thread(session)
            assert thread[-1].status is TurnStatus.FAILED
            assert thread[-1].error is not None
            assert thread[-1].error.message == "no"
            assert manager.get_session(session).turns == 2
            await manager.send_message(session, "3?")

    asyncio.run(scenario())
    assert contents(backend) == [("user", "1?"), ("assistant", "one"), ("user", "3?")]


def test_text_before_a_failure_is_kept_and_sent_on(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[fails("cut", after="half a"), says("two")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            reply = await manager.send_message(session, "1?")
            assert (reply.text, reply.status) == ("half a", TurnStatus.INCOMPLETE)
            await manager.send_message(session, "2?")

    asyncio.run(scenario())
    assert ("assistant", "half a") in contents(backend)


def test_length_is_an_incomplete_reply(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("too long", reason="length")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            reply = await manager.send_message(manager.create_session("fake/one"), "1?")
            assert reply.status is TurnStatus.INCOMPLETE
            assert reply.turn.finish_reason == "length"
            assert reply.turn.error is not None

    asyncio.run(scenario())


def test_a_fallback_answers_in_place_of_a_model_that_cannot(tmp_path: Path) -> None:
    first = FakeBackend("first", [fails("overloaded")])
    second = FakeBackend("second", [says("here")])
    aliases = {"fast": ModelAlias("first/a", fallbacks=("second/b",))}

    async def scenario() -> list[Event]:
        async with make_manager(tmp_path, first, second, models=aliases) as manager:
            session = manager.create_session("fast")
            events = [e async for e in manager.stream_message(session, "Hi")]
            assert manager.thread(session)[-1].model_used == "second/b"
            return events

    events = asyncio.run(scenario())
    [fell] = [e for e in events if isinstance(e, FellBack)]
    assert (fell.failed_model, fell.model, fell.reason) == ("first/a", "second/b", "overloaded")


@pytest.mark.parametrize(
    "plan", [fails("cut", after="half"), [BadRequestError("wrong temperature")]]
)
def test_there_is_no_fallback_after_text_or_for_a_bad_request(
    tmp_path: Path, plan: list[object]
) -> None:
    first = FakeBackend("first", [plan])  # type: ignore[list-item]
    second = FakeBackend("second")
    aliases = {"fast": ModelAlias("first/a", fallbacks=("second/b",))}

    async def scenario() -> None:
        async with make_manager(tmp_path, first, second, models=aliases) as manager:
            async for _ in manager.stream_message(manager.create_session("fast"), "Hi"):
                pass

    asyncio.run(scenario())
    assert second.requests == []


def test_events_tell_the_whole_story_in_order(tmp_path: Path) -> None:
    backend = FakeBackend(
        plans=[
            [
                RetryPart(1, 3, 0.5, "busy"),
                ReasoningPart("hm"),
                TextPart("a"),
                UsagePart(Usage(3, 1)),
                EndPart("stop"),
            ]
        ]
    )

    async def scenario() -> list[Event]:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            return [e async for e in manager.stream_message(session, "Hi")]

    events = asyncio.run(scenario())
    kinds = [TurnStarted, Retrying, ReasoningDelta, TextDelta, TurnFinished]
    assert [type(e) for e in events] == kinds
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert finished.turn.usage == Usage(3, 1)
    assert finished.turn.reasoning.text == "hm"
    assert finished.turn.first_token_seconds is not None


def test_messages_of_one_session_are_answered_in_order(tmp_path: Path) -> None:
    gate = asyncio.Event()
    backend = FakeBackend(plans=[[gate, *says("one")], says("two"), says("three")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            pending = [manager.submit(session, f"{n}?") for n in (1, 2, 3)]
            await until_begun(manager, session)
            assert manager.queued(session) == ("2?", "3?")
            assert manager.take_back(session) == "3?"
            gate.set()
            await asyncio.gather(*(p.finished() for p in pending[:2]))
            with pytest.raises(ReplyCancelledError):
                await pending[2].finished()
            history = [t["content"] for t in manager.get_history(session)]
            assert history == ["1?", "one", "2?", "two"]

    asyncio.run(scenario())


def test_sessions_stream_side_by_side(tmp_path: Path) -> None:
    gate = asyncio.Event()
    slow = FakeBackend("slow", [[TextPart("s"), gate, *says("low")]])
    quick = FakeBackend("quick", [says("quick")])

    async def scenario() -> None:
        async with make_manager(tmp_path, slow, quick) as manager:
            one = manager.submit(manager.create_session("slow/m"), "1?")
            two = manager.submit(manager.create_session("quick/m"), "2?")
            assert (await two.finished()).turn.content == "quick"
            assert not one.done
            gate.set()
            assert (await one.finished()).turn.content == "slow"

    asyncio.run(scenario())


def test_a_stopped_reply_keeps_its_text(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[[TextPart("half"), asyncio.Event()], says("next")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            pending = manager.submit(session, "1?")
            await until_text(manager, pending)
            assert manager.stop(session)
            finished = await pending.finished()
            assert finished.turn.status is TurnStatus.INCOMPLETE
            assert finished.turn.content == "half"
            assert finished.exit_code == 130
            assert (await manager.send_message(session, "2?")).text == "next"

    asyncio.run(scenario())


def test_closing_the_event_stream_stops_the_reply(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[[TextPart("half"), asyncio.Event()]])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            events = manager.stream_message(session, "1?")
            async for event in events:
                if isinstance(event, TextDelta):
                    break
            await events.aclose()
            last = manager.thread(session)[-1]
            assert (last.content, last.status) == ("half", TurnStatus.INCOMPLETE)

    asyncio.run(scenario())


def test_closing_the_manager_keeps_what_came(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[[TextPart("half"), asyncio.Event()]])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one", name="s")
            await until_text(manager, manager.submit(session, "1?"))

    asyncio.run(scenario())
    assert backend.closed
    reopened = make_manager(tmp_path)
    assert reopened.thread("s")[-1].content == "half"
    reopened.store.close()


def test_retry_answers_the_last_prompt_again_with_the_same_context(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), fails("no"), says("two")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "1?")
            with pytest.raises(BackendError):
                await manager.send_message(session, "2?")
            await manager.retry(session).finished()
            history = [t["content"] for t in manager.get_history(session)]
            assert history == ["1?", "one", "2?", "two"]

    asyncio.run(scenario())
    assert contents(backend) == [("user", "1?"), ("assistant", "one"), ("user", "2?")]


def test_an_incomplete_reply_can_be_continued(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[fails("cut", after="one and"), says("two")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "count")
            await manager.continue_reply(session).finished()
            assert manager.get_history(session)[-1]["content"] == "two"

    asyncio.run(scenario())
    assert contents(backend)[1] == ("assistant", "one and")


def test_another_manager_in_the_same_session_has_to_wait_its_turn(tmp_path: Path) -> None:
    gate = asyncio.Event()
    holding = FakeBackend(plans=[[TextPart("a"), gate, EndPart("stop")]])

    async def scenario() -> None:
        async with (
            make_manager(tmp_path, holding) as first,
            make_manager(tmp_path) as second,
        ):
            session = first.create_session("fake/one")
            pending = first.submit(session, "1?")
            await until_text(first, pending)
            with pytest.raises(SessionBusyError):
                await second.send_message(session, "2?", wait=0)
            waiting = second.submit(session, "3?")
            gate.set()
            assert (await waiting.finished()).turn.content == "Hello there"
            history = [t["content"] for t in first.get_history(session)]
            assert history == ["1?", "a", "3?", "Hello there"]

    asyncio.run(scenario())


def test_what_another_process_writes_is_published(tmp_path: Path) -> None:
    gate = asyncio.Event()
    backend = FakeBackend(plans=[[TextPart("one "), gate, *says("two")]])

    async def scenario() -> list[Event]:
        async with (
            make_manager(tmp_path, backend) as writer,
            make_manager(tmp_path) as reader,
        ):
            session = writer.create_session("fake/one")
            reader.watch()
            subscription = reader.subscribe()
            pending = writer.submit(session, "1?")
            seen: list[Event] = []
            async with asyncio.timeout(20):
                async for event in subscription:
                    seen.append(event)
                    if isinstance(event, TextDelta):
                        gate.set()
                    if isinstance(event, TurnFinished):
                        break
            await pending.finished()
            return seen

    events = asyncio.run(scenario())
    assert isinstance(events[0], TurnStarted)
    assert events[0].elsewhere
    assert events[0].prompt is not None
    assert events[0].prompt.content == "1?"
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "one two"


def test_what_does_not_fit_is_left_out_and_said(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("x" * 400)])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend, context_tokens=150) as manager:
            session = manager.create_session("fake/one", "Be brief.")
            for n in range(3):
                reply = await manager.send_message(session, f"{n}?")
            assert any("2 earlier turns" in notice for notice in reply.notices)
            assert len(manager.get_history(session)) == 6

    asyncio.run(scenario())
    assert contents(backend)[0] == ("system", "Be brief.")
    assert len(contents(backend)) == 4


def test_a_prompt_is_in_the_database_before_its_request_leaves(tmp_path: Path) -> None:
    seen: list[str] = []

    class Looking(FakeBackend):
        async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
            with sqlite3.connect(tmp_path / "chatcli.db") as other:
                seen.extend(row[0] for row in other.execute("SELECT content FROM turns"))
            async for part in FakeBackend.stream(self, request):
                yield part

    async def scenario() -> None:
        async with make_manager(tmp_path, Looking()) as manager:
            await manager.send_message(manager.create_session("fake/one"), "are you there?")

    asyncio.run(scenario())
    assert "are you there?" in seen


@pytest.mark.parametrize("named", ["value", "id"])
def test_a_reply_can_be_stopped_where_the_store_cannot_be_read(tmp_path: Path, named: str) -> None:
    database = tmp_path / "chatcli.db"

    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            await manager.send_message(manager.create_session("fake/one", name="s"), "One")
        backend = FakeBackend(plans=[[TextPart("Half"), asyncio.Event()]])
        async with make_manager(tmp_path, backend) as manager:
            session = manager.get_session("s")
            pending = manager.submit(session, "Hi")
            await until_text(manager, pending)
            waiting = manager.submit(session, "And?")
            whole = database.read_bytes()
            os.truncate(database, 0)  # what is in the log can still be written on
            with pytest.raises(StoreError):
                manager.get_session("s")
            reference = session if named == "value" else session.id
            assert manager.take_back(reference) == "And?"
            assert waiting.done
            assert manager.stop(reference)
            finished = await pending.finished()
            assert (finished.turn.content, finished.turn.status) == ("Half", "incomplete")
            assert finished.turn.error is not None
            assert finished.turn.error.kind == "interrupted"  # not: could not be stored
            database.write_bytes(whole)

    asyncio.run(scenario())
    manager = make_manager(tmp_path)
    assert [turn.content for turn in manager.thread("s")] == ["One", "Hello there", "Hi", "Half"]
    manager.store.close()

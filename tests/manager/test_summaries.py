from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatcli.core.model import TurnStatus
from chatcli.errors import ContextTooLongError, SessionBusyError, SessionError, SummaryCutError
from tests.fakes import FakeBackend, Step, fails, says
from tests.manager.building import make_manager


def test_a_summary_by_the_model_leaves_the_conversation_as_it_is(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), says("all about one")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one", name="s")
            await manager.send_message(session, "1?")
            assert await manager.summarize("s") == "all about one"
            assert [t["content"] for t in manager.get_history("s")] == ["1?", "one"]
            assert [s.name for s in manager.sessions()] == ["s"]

    asyncio.run(scenario())
    assert "assistant: one" in backend.requests[1].messages[0].content


def test_compacting_sends_the_summary_in_place_of_the_turns(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), says("two"), says("in short"), says("three")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one", "Be brief.", name="s")
            first = await manager.send_message(session, "1?")
            await manager.send_message(session, "2?")
            assert (await manager.compact("s")).turns == 2
            await manager.send_message("s", "3?")
            assert manager.store.turn(first.turn.id).status is TurnStatus.COMPLETE

    asyncio.run(scenario())
    sent = [m.content for m in backend.requests[-1].messages]
    assert (sent[0], sent[2], sent[3]) == ("Be brief.", "in short", "3?")
    assert len(sent) == 4


def test_what_is_too_long_to_sum_up_is_summed_up_from_its_newer_half(tmp_path: Path) -> None:
    too_long = [ContextTooLongError("too long")]
    answers = [says(f"{n}") for n in range(4)]
    backend = FakeBackend(plans=[*answers, too_long, says("in short")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            manager.create_session("fake/one", name="s")
            for n in range(4):
                await manager.send_message("s", f"{n}?")
            await manager.compact("s")
            assert manager.get_history("s")[-1]["content"] == "in short"

    asyncio.run(scenario())
    asked = backend.requests[-1].messages[0].content
    assert "1?" not in asked
    assert "2?" in asked


def test_a_failed_summary_changes_nothing_and_little_is_not_compacted(tmp_path: Path) -> None:
    always = [ContextTooLongError("too long")]
    backend = FakeBackend(plans=[says("one"), says("two"), always])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            manager.create_session("fake/one", name="s")
            await manager.send_message("s", "1?")
            with pytest.raises(SessionError):
                await manager.compact("s")
            await manager.send_message("s", "2?")
            before = manager.get_history("s")
            with pytest.raises(ContextTooLongError):
                await manager.compact("s")
            assert manager.get_history("s") == before

    asyncio.run(scenario())


@pytest.mark.parametrize("cut", [says("half of it", reason="length"), fails(after="half of it")])
def test_half_a_summary_takes_nobodys_place(tmp_path: Path, cut: list[Step]) -> None:
    backend = FakeBackend(plans=[says("one"), says("two"), cut])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            manager.create_session("fake/one", name="s")
            await manager.send_message("s", "1?")
            await manager.send_message("s", "2?")
            before = manager.get_history("s")
            with pytest.raises(SummaryCutError, match="nothing was changed"):
                await manager.compact("s")
            assert manager.get_history("s") == before

    asyncio.run(scenario())


def test_a_summary_is_neither_taken_back_nor_answered_again(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), says("two"), says("in short"), says("three")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            manager.create_session("fake/one", name="s")
            for message in ("1?", "2?"):
                await manager.send_message("s", message)
            await manager.compact("s")
            for change in (manager.undo, manager.retry):
                with pytest.raises(SessionError, match="summary of what came before"):
                    change("s")
            await manager.send_message("s", "3?")
            assert manager.undo("s").turns == 2
            assert manager.get_history("s")[-1]["content"] == "in short"

    asyncio.run(scenario())


def test_what_was_said_while_the_summary_was_written_is_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        written = asyncio.Event()
        answers = [says("one"), says("two"), [written, *says("in short")]]
        backend, other = FakeBackend(plans=answers), FakeBackend(plans=[says("three")])
        async with (
            make_manager(tmp_path, backend) as manager,
            make_manager(tmp_path, other) as elsewhere,
        ):
            manager.create_session("fake/one", name="s")
            for message in ("1?", "2?"):
                await manager.send_message("s", message)
            compacting = asyncio.create_task(manager.compact("s"))
            while len(backend.requests) < 3:
                await asyncio.sleep(0)
            await elsewhere.send_message("s", "3?")
            written.set()
            with pytest.raises(SessionBusyError, match="went on meanwhile"):
                await compacting
            assert [t["content"] for t in manager.get_history("s")][-2:] == ["3?", "three"]
            assert manager.get_session("s").turns == 6

    asyncio.run(scenario())

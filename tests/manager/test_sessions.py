from __future__ import annotations

import asyncio
import re
import shlex
from pathlib import Path

import pytest

from chatcli.core.model import EndedBy, SessionState
from chatcli.errors import (
    AmbiguousReferenceError,
    ConfigError,
    SessionEndedError,
    SessionError,
    SessionNameTakenError,
    SessionNotFoundError,
    UsageError,
)
from tests.fakes import FakeBackend, fails, says
from tests.manager.building import make_manager, until_text

ISO_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_new_session_is_listed_as_empty(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    session = manager.create_session("fake/one", "Be brief.", {"ticket": "7"}, name="api")
    [entry] = manager.list_sessions()
    assert re.fullmatch(r"sess_[0-9a-f]{12}", entry["session_id"])
    assert entry["session_id"] == session.session_id
    assert (entry["name"], entry["model"], entry["turns"]) == ("api", "fake/one", 0)
    assert (entry["preview"], entry["state"], entry["unread"]) == ("Empty", "active", 0)
    assert ISO_UTC.fullmatch(entry["created_at"])
    assert ISO_UTC.fullmatch(entry["last_activity"])
    assert manager.get_session("api").metadata == {"ticket": "7"}


def test_a_session_tells_what_its_list_entry_tells(tmp_path: Path) -> None:
    manager = make_manager(tmp_path, max_sessions=3, max_turns=4)
    assert (manager.max_sessions, manager.max_turns_per_session) == (3, 4)
    session = manager.create_session("fake/one", name="api")
    [entry] = manager.list_sessions()
    assert {key: session[key] for key in entry} == entry
    with pytest.raises(KeyError):
        session["colour"]


def test_a_preview_is_the_first_fifty_characters_as_they_were_written(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    session = manager.create_session("fake/one")
    message = "def  f():\n    return 1\n" * 5
    asyncio.run(manager.send_message(session, message))
    assert manager.list_sessions()[0]["preview"] == message[:50]


def test_a_session_is_found_by_name_id_and_unique_prefix(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    build = manager.create_session("fake/one", name="build")
    manager.create_session("fake/one", name="bugs")
    assert manager.get_session("build").id == build.id
    assert manager.get_session(build.id).id == build.id
    assert manager.get_session(build.id[:15]).id == build.id
    assert manager.get_session("bui").id == build.id
    with pytest.raises(AmbiguousReferenceError):
        manager.get_session("bu")
    with pytest.raises(SessionNotFoundError):
        manager.get_session("nothing")


def test_at_capacity_the_longest_idle_session_is_ended_and_never_deleted(tmp_path: Path) -> None:
    manager = make_manager(tmp_path, max_sessions=2)
    for name in ("first", "second", "third"):
        manager.create_session("fake/one", name=name)
    assert [s.name for s in manager.sessions()] == ["third", "second"]
    first = manager.get_session("first")
    assert (first.state, first.ended_by) == (SessionState.ENDED, EndedBy.LIMIT)
    [notice] = manager.take_notices()
    assert "'first'" in notice
    assert manager.take_notices() == []


def test_a_session_that_is_writing_is_not_ended_for_room(tmp_path: Path) -> None:
    gate = asyncio.Event()
    backend = FakeBackend(plans=[[*says("slow")[:-1], gate, *says("ly")]])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend, max_sessions=2) as manager:
            busy = manager.create_session("fake/one", name="busy")
            manager.create_session("fake/one", name="idle")
            pending = manager.submit(busy, "go")
            await until_text(manager, pending)
            manager.create_session("fake/one", name="new")
            assert {s.name for s in manager.sessions()} == {"busy", "new"}
            gate.set()
            assert (await pending.finished()).turn.content == "slowly"

    asyncio.run(scenario())


def test_a_name_is_taken_once_among_active_sessions(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    manager.create_session("fake/one", name="api")
    with pytest.raises(SessionNameTakenError):
        manager.create_session("fake/one", name="api")
    manager.end_session("api")
    manager.create_session("fake/one", name="api")
    assert manager.get_session("api").state is SessionState.ACTIVE


@pytest.mark.parametrize("name", ["2024", "-", "sess_0123456789ab", "two\nlines", "x" * 101])
def test_a_session_held_in_memory_gets_no_name_that_could_not_be_stored(
    tmp_path: Path, name: str
) -> None:
    manager = make_manager(tmp_path)
    with pytest.raises(UsageError):
        manager.create_session("fake/one", name=name, persist=False)
    held = manager.create_session("fake/one", name=" cafe\N{COMBINING ACUTE ACCENT}", persist=False)
    assert held.name == "caf\N{LATIN SMALL LETTER E WITH ACUTE}"
    with pytest.raises(UsageError):
        manager.rename_session(held, name)
    assert manager.get_session(held.id).name == held.name


def test_a_name_that_another_process_took_meanwhile_is_told_with_a_way_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as one, make_manager(tmp_path) as other:
            held = one.create_session("fake/one", name="work", persist=False)
            other.create_session("fake/one", name="work")
            with pytest.raises(SessionNameTakenError, match="in the meantime") as refusal:
                await one.send_message(held, "hello")
            assert "rename this session" in refusal.value.hint
            one.rename_session(held, "work too")
            await one.send_message(held, "hello")
            assert len(other.get_history("work too")) == 2

    asyncio.run(scenario())


def test_a_session_held_in_memory_is_found_by_the_beginning_of_its_name(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    stored = manager.create_session("fake/one", name="plan")
    held = manager.create_session("fake/one", name="planning", persist=False)
    unnamed = manager.create_session("fake/one", persist=False)
    assert manager.get_session("plann").id == held.id
    assert manager.get_session("pla").id == stored.id
    assert manager.get_session(unnamed.id).id == unnamed.id
    for nothing in ("", "planner"):
        with pytest.raises(SessionNotFoundError):
            manager.get_session(nothing)


def test_a_session_held_in_memory_takes_no_name_from_another(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    manager.create_session("fake/one", name="api")
    held = manager.create_session("fake/one", name="docs", persist=False)
    for taken in ("api", "docs"):
        with pytest.raises(SessionNameTakenError):
            manager.create_session("fake/one", name=taken, persist=False)
    with pytest.raises(SessionNameTakenError):
        manager.rename_session(held, "api")
    assert manager.rename_session(held, "docs").name == "docs"


def test_an_unknown_model_is_refused_before_anything_is_stored(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    with pytest.raises(ConfigError):
        manager.create_session("")
    assert manager.sessions() == []


def test_a_session_without_a_turn_is_not_stored_when_it_is_not_to_be(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one", persist=False)
            assert manager.get_session(session).id == session.id
            assert manager.store.list_sessions() == []
            await manager.send_message(session, "hello")
            [stored] = manager.store.list_sessions()
            assert stored.id == session.id
            assert stored.name

    asyncio.run(scenario())


def test_ending_confirms_or_sums_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one", name="talk")
            await manager.send_message(session, "x" * 120)
            summary = manager.end_session("talk", summarize=True)
            assert isinstance(summary, dict)
            assert summary["first_message"] == "x" * 100 + "..."
            assert (summary["model"], summary["turns"]) == ("fake/one", 2)
            assert summary["duration_seconds"] >= 0
            manager.restore_session("talk")
            assert "talk" in str(manager.end_session("talk"))

    asyncio.run(scenario())


def test_a_hint_can_be_copied_into_a_shell(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path, max_sessions=1) as manager:
            session = manager.create_session("fake/one", name="it's mine; ls")
            manager.create_session("fake/one", name="another")
            (notice,) = manager.take_notices()
            manager.restore_session(session)
            manager.end_session(session)
            hints = []
            for reference in (session.id, session):  # refused by the manager, and by the store
                with pytest.raises(SessionEndedError) as caught:
                    await manager.send_message(reference, "hello")
                hints.append(caught.value.hint)
            command = ["chatcli", "restore", session.name]
            assert [shlex.split(hint) for hint in hints] == [command, command]
            assert shlex.split(notice.split("`")[1]) == command

    asyncio.run(scenario())


def test_a_short_first_message_is_not_marked_as_cut(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "x" * 100)
            summary = manager.end_session(session, summarize=True)
            assert isinstance(summary, dict)
            assert summary["first_message"] == "x" * 100

    asyncio.run(scenario())


def test_an_ended_session_stays_readable_until_it_is_purged(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one", name="old")
            await manager.send_message(session, "hello")
            manager.end_session(session)
            assert manager.sessions() == []
            assert len(manager.get_history("old")) == 2
            manager.purge_session("old")
            with pytest.raises(SessionNotFoundError):
                manager.get_session("old")

    asyncio.run(scenario())


def test_history_takes_the_last_turns_and_zero_is_none(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), says("two")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "1?")
            await manager.send_message(session, "2?")
            whole = manager.get_history(session)
            assert [t["content"] for t in whole] == ["1?", "one", "2?", "two"]
            assert manager.get_history(session, 3) == whole[1:]
            assert manager.get_history(session, 0) == []
            assert manager.get_history(session, 99) == whole

    asyncio.run(scenario())


def test_undo_moves_back_and_keeps_the_turns(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one")
            first = await manager.send_message(session, "1?")
            second = await manager.send_message(session, "2?")
            assert manager.undo(session).head_id == first.turn.id
            assert manager.get_session(session).turns == 2
            assert manager.store.turn(second.turn.id).content == "Hello there"
            manager.undo(session)
            assert manager.get_history(session) == []
            with pytest.raises(SessionError):
                manager.undo(session)

    asyncio.run(scenario())


def test_statistics_hold_limits_and_what_is_known(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), fails()])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend, max_sessions=7) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "1?")
            stats = manager.get_stats()
            assert (stats["active_sessions"], stats["max_sessions"]) == (1, 7)
            assert (stats["total_turns"], stats["max_turns_per_session"]) == (2, 50)
            assert stats["input_tokens"] is None
            assert stats["unknown_usage"] == 1

    asyncio.run(scenario())

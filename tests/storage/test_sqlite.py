"""The store keeps what it is given: types, round trips, threads, closing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from chatcli.core.model import Fault, Reasoning, Role, Session, TurnStatus, Usage
from chatcli.core.ports import NewSession, ReplyEnd, ReplyText, Store
from chatcli.core.text import encodable
from chatcli.errors import SessionNotFoundError, StoreError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import contents, exchange, new_session

any_text = st.text(st.characters(exclude_categories=[]), max_size=30)  # lone surrogates, too
figure = st.none() | st.floats(0, 1e9)
count = st.none() | st.integers(0, 10**9)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def test_is_a_store(store: SqliteStore) -> None:
    as_port: Store = store
    assert as_port.list_sessions() == []
    assert as_port.last_session() is None


@settings(max_examples=25, deadline=None)
@given(
    system=any_text,
    prompt=any_text,
    metadata=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    options=st.dictionaries(st.text(max_size=5), json_values, max_size=3),
    end=st.builds(
        ReplyEnd,
        turn_id=st.just(0),
        status=st.sampled_from([TurnStatus.COMPLETE, TurnStatus.INCOMPLETE]),
        content=any_text,
        model_used=any_text,
        finish_reason=st.none() | any_text,
        usage=st.none() | st.builds(Usage, count, count, figure),
        first_token_seconds=figure,
        total_seconds=figure,
        reasoning=st.builds(Reasoning, any_text, any_text, any_text),
        error=st.none() | st.builds(Fault, any_text, any_text, any_text),
    ),
)
def test_every_field_comes_back_from_disk(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    system: str,
    prompt: str,
    metadata: dict[str, str],
    options: dict[str, object],
    end: ReplyEnd,
) -> None:
    path = tmp_path_factory.mktemp("round") / "chatcli.db"
    store = SqliteStore.open(path)
    new = NewSession("m", system_prompt=system, metadata=metadata, options=options)
    session = store.create_session(new).session
    begun = store.begin_turn(session.id, prompt, model="asked")
    finished = store.finish_reply(end._replace(turn_id=begun.reply.id))
    store.close()

    store = SqliteStore.open(path)
    stored = store.find_session(session.id)
    user, reply = store.thread(session.id)
    store.close()
    assert (stored.system_prompt, stored.metadata, stored.options) == (
        encodable(system),
        metadata,
        options,
    )
    assert (user.role, user.content, user.position) == (Role.USER, encodable(prompt), 1)
    assert user == begun.prompt
    assert reply == finished
    assert reply.content == encodable(end.content)
    assert reply.usage == (None if end.usage == Usage() else end.usage)
    assert (reply.first_token_seconds, reply.total_seconds) == (
        end.first_token_seconds,
        end.total_seconds,
    )
    assert reply.reasoning == _encodable_reasoning(end.reasoning)
    assert (reply.model, reply.position, reply.status) == ("asked", 2, end.status)
    assert (reply.error is None) == (end.error is None)


def _encodable_reasoning(reasoning: Reasoning) -> Reasoning:
    return Reasoning(
        encodable(reasoning.text), encodable(reasoning.backend), encodable(reasoning.raw)
    )


@pytest.mark.parametrize("text", ["", "\x00", "a\x00b", "\ud83d", "\U0001f600" * 1000, "x" * 10**6])
def test_text_of_any_kind_survives(store: SqliteStore, text: str) -> None:
    session = new_session(store)
    exchange(store, session, text, text)
    assert contents(store, session) == [encodable(text)] * 2


@pytest.mark.parametrize("made_up", [-1, 10**30, float("inf"), float("nan")])
def test_figures_that_cannot_be_are_unknown(store: SqliteStore, made_up: float) -> None:
    begun = store.begin_turn(new_session(store).id, "hello")
    usage = Usage(made_up, made_up, made_up)  # type: ignore[arg-type]
    reply = store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, "x", usage=usage))
    assert reply.usage is None
    assert store.figures().total.unknown_usage == 1


def test_threads_write_and_read_at_once(store: SqliteStore) -> None:
    sessions = [new_session(store) for _ in range(6)]

    def talk(session: Session) -> None:
        for number in range(5):
            exchange(store, session, f"prompt {number}", f"reply {number}")
            assert len(store.thread(session.id)) == 2 * (number + 1)
            assert len(store.list_sessions()) == 6
            assert store.figures(session.id).total.replies == number + 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(talk, sessions))
    expected = [text for number in range(5) for text in (f"prompt {number}", f"reply {number}")]
    assert [contents(store, session) for session in sessions] == [expected] * 6


def test_a_read_sees_one_state_while_others_write(store: SqliteStore, path: Path) -> None:
    session = new_session(store)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(
            lambda: [exchange(store, session, "question", "answer") for _ in range(30)]
        )
        while not writing.done():
            turns = store.thread(session.id)
            assert [turn.position for turn in turns] == list(range(1, len(turns) + 1))


def test_closing_keeps_text_and_gives_the_session_back(path: Path) -> None:
    first, second = SqliteStore.open(path), SqliteStore.open(path)
    session = new_session(first)
    begun = first.begin_turn(session.id, "hello")
    first.append_text([ReplyText(begun.reply.id, "so far")])
    first.close()
    first.close()
    stored = second.turn(begun.reply.id)
    assert (stored.status, stored.content) == (TurnStatus.INCOMPLETE, "so far")
    assert second.begin_turn(session.id, "again").reply.position == 4
    second.close()
    with pytest.raises(StoreError, match="closed"):
        first.list_sessions()
    with pytest.raises(StoreError, match="closed"):
        first.heartbeat()


def test_a_turn_that_is_not_there(store: SqliteStore) -> None:
    with pytest.raises(SessionNotFoundError):
        store.turn(99)


def test_quirks_are_remembered(path: Path) -> None:
    store = SqliteStore.open(path)
    store.learn_quirk("https://one.test/v1", "max_tokens", "max_completion_tokens")
    store.learn_quirk("https://one.test/v1", "stream", "yes")
    store.learn_quirk("https://one.test/v1", "stream", "no")
    store.close()
    store = SqliteStore.open(path)
    assert store.quirks("https://one.test/v1") == {
        "max_tokens": "max_completion_tokens",
        "stream": "no",
    }
    assert store.quirks("https://two.test/v1") == {}
    store.forget_quirk("https://one.test/v1", "stream")
    store.forget_quirk("https://one.test/v1", "stream")
    assert store.quirks("https://one.test/v1") == {"max_tokens": "max_completion_tokens"}
    store.close()


def test_version_tells_of_other_writers_only(path: Path) -> None:
    mine, other = SqliteStore.open(path), SqliteStore.open(path)
    session = new_session(mine)
    before = mine.version()
    exchange(mine, session, "hello", "hi")
    assert mine.version() == before
    exchange(other, session, "hello", "hi")
    exchange(mine, session, "hello", "hi")
    after = mine.version()
    assert after != before
    assert mine.version() == after
    mine.close()
    other.close()

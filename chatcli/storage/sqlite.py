"""SqliteStore: the Store that keeps everything in one SQLite file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from chatcli.core.model import EndedBy, Session, Turn
from chatcli.core.ports import Begun, Created, NewSession, ReplyEnd, ReplyText
from chatcli.errors import StoreError
from chatcli.storage import (
    endings,
    files,
    heads,
    leases,
    lifecycle,
    lookup,
    quirks,
    replies,
    sessions,
    turns,
)
from chatcli.storage.connection import Database
from chatcli.storage.faults import translated
from chatcli.storage.migrations import MIGRATIONS, Migration
from chatcli.storage.opening import open_database
from chatcli.storage.rows import turn_of
from chatcli.storage.transaction import Row, Transaction

if TYPE_CHECKING:
    from chatcli.core.stats import Figures
    from chatcli.storage.read_only import ReadOnlyDatabase

LOCK_TIMEOUT = 5.0
"""Seconds to wait for another program's lock before a call gives up."""


class SqliteStore:
    """Durable sessions and turns; `chatcli.core.ports.Store` documents the methods.

    Any number of processes may have the same file open. Every method may raise StoreError
    (locked, disk full, closed) and StoreRefusedError (damaged, newer, not writable).
    """

    def __init__(self, database: Database | ReadOnlyDatabase) -> None:
        self._database = database
        self._late = database.late

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        now: Callable[[], float] = time.time,
        lock_timeout: float = LOCK_TIMEOUT,
        migrations: Sequence[Migration] = MIGRATIONS,
        reading_will_do: bool = False,
    ) -> Self:
        """Open the database at `path`, or make one, for its user alone.

        Args:
            path: the file; missing folders are made.
            now: Unix seconds.
            lock_timeout: seconds to wait for another program's lock.
            migrations: all versions of the database, oldest first.
            reading_will_do: open a database that cannot be written (read-only, full disk), too;
                then only what writes fails.

        Raises:
            StoreError: locked by another program, or the disk is full.
            StoreRefusedError: newer, damaged, another program's, or not writable; the file is
                left as it is.
        """
        files.refuse_dangling(path)
        database = open_database(
            Path(os.path.realpath(path)),
            migrations,
            now=now,
            lock_timeout=lock_timeout,
            reading_will_do=reading_will_do,
        )
        return cls(database)

    @property
    def path(self) -> Path:
        """The database file."""
        return self._database.path

    # sessions

    def create_session(self, new: NewSession, max_active: int = 0) -> Created:
        """Store a session, and end idle ones where the limit asks for it."""
        with self._writing() as tx:
            return lifecycle.create_session(tx, new, max_active)

    def find_session(self, reference: str) -> Session:
        """The session a person means."""
        with self._database.reading() as tx:
            return lookup.find_session(tx, reference)

    def list_sessions(self, *, ended: bool = False) -> list[Session]:
        """Sessions, newest activity first."""
        with self._database.reading() as tx:
            return sessions.list_sessions(tx, ended=ended)

    def heads(self) -> dict[str, int | None]:
        """The turn each active session points at, by the session's id."""
        with self._database.reading() as tx:
            return sessions.heads(tx)

    def last_session(self) -> Session | None:
        """The active session with the newest activity."""
        with self._database.reading() as tx:
            return sessions.last_session(tx)

    def update_session(
        self,
        session_id: str,
        *,
        name: str | None = None,
        model: str | None = None,
        system_prompt: str | None = None,
        options: Mapping[str, object] | None = None,
        draft: str | None = None,
    ) -> Session:
        """Change what is not None."""
        with self._writing() as tx:
            return lifecycle.update_session(
                tx,
                session_id,
                name=name,
                model=model,
                system_prompt=system_prompt,
                options=options,
                draft=draft,
            )

    def end_session(self, session_id: str, by: EndedBy = EndedBy.USER) -> Session:
        """End a session."""
        with self._writing() as tx:
            return lifecycle.end_session(tx, session_id, by)

    def restore_session(self, session_id: str, max_active: int = 0) -> Created:
        """Make an ended session active again."""
        with self._writing() as tx:
            return lifecycle.restore_session(tx, session_id, max_active)

    def purge_session(self, session_id: str) -> bool:
        """Delete a session for good; returns whether its text is overwritten in the file, too."""
        with self._writing() as tx:
            lifecycle.purge_session(tx, session_id)
        return self._database.empty_log()

    # turns

    def thread(self, session_id: str, limit: int | None = None) -> list[Turn]:
        """The conversation as it stands, oldest first."""
        with self._database.reading() as tx:
            return turns.thread(tx, sessions.session_by_id(tx, session_id).head_id, limit)

    def turn(self, turn_id: int) -> Turn:
        """One turn with its text so far."""
        with self._database.reading() as tx:
            return turns.turn_by_id(tx, turn_id)

    def set_head(self, session_id: str, turn_id: int | None) -> Session:
        """Point the session at another of its turns."""
        with self._writing() as tx:
            return heads.set_head(tx, session_id, turn_id)

    def compact(
        self, session_id: str, head_id: int | None, prompt: str, summary: str, *, model: str
    ) -> Session:
        """Let the conversation go on from a summary."""
        from chatcli.storage.compaction import compact

        with self._writing() as tx:
            return compact(tx, session_id, head_id, prompt, summary, model=model)

    def begin_turn(
        self, session_id: str, content: str | None, *, model: str = "", max_turns: int = 0
    ) -> Begun:
        """Write a prompt and its empty reply, and take the lease."""
        with self._writing() as tx:
            session, rows = replies.begin_reply(
                tx, session_id, content, model=model, max_turns=max_turns
            )
        *context, reply = self._begun(rows)
        prompt = context.pop() if content is not None else None
        return Begun(session, prompt, reply, tuple(context))

    def _begun(self, rows: Sequence[Row]) -> list[Turn]:
        """The conversation as Turns; where it is damaged, the reply that just began is closed."""
        try:
            with translated(self.path):
                return [turn_of(row) for row in rows]
        except StoreError:
            reply_id = rows[-1][0]
            with self._writing() as tx:
                endings.interrupt(tx, reply_id)
            raise

    def append_text(self, pieces: Sequence[ReplyText]) -> None:
        """Append to replies; where a lease is lost, the other replies' text is stored first."""
        with self._writing() as tx:
            lost = replies.append_text(tx, pieces)
        if lost:
            raise replies.lease_lost(lost)

    def finish_reply(self, end: ReplyEnd) -> Turn:
        """Close a reply and release its lease.

        Where the disk does not let it, StoreError says so, and the reply is closed together
        with the next thing that this store can write.
        """
        self._late.pop(end.turn_id, None)
        try:
            with self._writing() as tx:
                return replies.finish_reply(tx, end)
        except StoreError:
            self._late[end.turn_id] = end
            raise

    def mark_seen(self, session_id: str, turn_id: int) -> None:
        """Note how far a screen has shown the conversation."""
        with self._writing() as tx:
            heads.mark_seen(tx, session_id, turn_id)

    # the whole

    def figures(self, session_id: str | None = None) -> Figures:
        """Sums and medians over one session or all."""
        from chatcli.storage import figures

        with self._database.reading() as tx:
            return figures.figures(tx, session_id)

    def version(self) -> int:
        """A number that changes when another store has changed the database."""
        return self._database.version()

    def heartbeat(self) -> None:
        """Record that the owner of our leases is alive."""
        with self._writing() as tx:
            leases.beat(tx)

    def quirks(self, endpoint: str) -> Mapping[str, str]:
        """What was learned about an endpoint."""
        with self._database.reading() as tx:
            return quirks.quirks(tx, endpoint)

    def learn_quirk(self, endpoint: str, quirk: str, value: str) -> None:
        """Remember something about an endpoint."""
        with self._writing() as tx:
            quirks.learn(tx, endpoint, quirk, value)

    def forget_quirk(self, endpoint: str, quirk: str) -> None:
        """Forget it."""
        with self._writing() as tx:
            quirks.forget(tx, endpoint, quirk)

    def close(self) -> None:
        """Close what we were writing as interrupted, release the leases, close the file.

        What cannot be written now is closed by the next writer in the session, for whom its owner
        is gone. A closed store can be closed again.
        """
        if self._database.closed:
            return
        try:
            with suppress(StoreError):
                self._release()
        finally:
            self._database.close()

    def _release(self) -> None:
        with self._database.reading() as tx:
            unfinished = leases.own_turns(tx)
        if unfinished:
            with self._writing() as tx:
                for turn_id in sorted(leases.own_turns(tx)):
                    endings.interrupt(tx, turn_id)

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        """A write transaction that also closes the replies whose end could not be stored."""
        late = dict(self._late)
        with self._database.writing() as tx:
            for turn_id in late.keys() & leases.own_turns(tx) if late else ():
                replies.finish_reply(tx, late[turn_id])
            yield tx
        for turn_id in late:
            self._late.pop(turn_id, None)

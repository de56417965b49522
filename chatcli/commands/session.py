"""Commands about sessions: new, sessions, history, rename, end, restore, compact, undo."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

from chatcli.commands.arguments import number_of, session_meant, text_of
from chatcli.commands.creation import Wish, create_session
from chatcli.commands.objects import turn_object
from chatcli.commands.registry import (
    Arg,
    Arguments,
    Column,
    Command,
    Context,
    Group,
    Kind,
    Outcome,
    Table,
    Transcript,
)
from chatcli.commands.wording import age, count, seconds_text, state_of
from chatcli.core.model import Session, SessionState
from chatcli.core.text import one_line


def _new(context: Context, arguments: Arguments) -> Outcome:
    metadata = arguments.get("meta")
    wish = Wish(
        name=text_of(arguments, "name"),
        model=text_of(arguments, "model"),
        system=text_of(arguments, "system"),
        role=text_of(arguments, "role"),
        metadata=metadata if isinstance(metadata, dict) else {},
        store=bool(arguments.get("store")),
    )
    session = create_session(context.manager, wish)
    data = {"session_id": session.id, "name": session.name, "model": session.model}
    return Outcome(
        (f"session {one_line(session.name)} with {one_line(session.model)}",),
        data,
        notices=_notices(context),
        open=session,
    )


def _sessions(context: Context, arguments: Arguments) -> Outcome:
    ended = bool(arguments.get("all"))
    sessions = context.manager.sessions(ended=ended)
    if not sessions:
        return Outcome(("no sessions yet" if ended else "no active sessions",), [])
    columns = ("name", "model", "turns", "last activity", "state", "preview")
    names = Counter(session.name for session in sessions)
    table = Table(
        tuple(Column(title, right=title == "turns") for title in columns),
        tuple(_session_row(session, alone=names[session.name] == 1) for session in sessions),
    )
    return Outcome((table,), [session.entry() for session in sessions])


def _session_row(session: Session, *, alone: bool) -> tuple[str, ...]:
    """A line of the list; a name that several sessions have is followed by the id."""
    name = session.name if alone else f"{session.name} ({session.id})"
    return (
        one_line(name),
        one_line(session.model),
        str(session.turns),
        age(time.time() - session.last_activity),
        state_of(session),
        one_line(session.preview),
    )


def _history(context: Context, arguments: Arguments) -> Outcome:
    session = session_meant(context, arguments)
    turns = context.manager.thread(session, number_of(arguments, "number"))
    omitted = max(0, turns[0].position - 1) if turns else session.turns
    transcript = Transcript(session, tuple(turns), omitted)
    return Outcome((transcript,), [turn_object(turn) for turn in turns])


def _rename(context: Context, arguments: Arguments) -> Outcome:
    session = session_meant(context, arguments)
    renamed = context.manager.rename_session(session, text_of(arguments, "name"))
    note = f"{one_line(session.name)} is now called {one_line(renamed.name)}"
    return Outcome((note,), {"session_id": renamed.id, "name": renamed.name})


async def _end(context: Context, arguments: Arguments) -> Outcome:
    session = await asyncio.to_thread(session_meant, context, arguments)
    if arguments.get("purge"):  # the shell alone passes it, after it has asked
        gone = await asyncio.to_thread(context.manager.purge_session, session)
        note = f"session {one_line(session.name)} has been deleted"
        data = {**_brief(session), "state": "deleted"}
        return Outcome((note,), data, notices=() if gone else (_NOT_YET_OVERWRITTEN,))
    written = ""
    if arguments.get("write-summary"):  # first: if it fails, the session stays active
        written = await context.manager.summarize(session)
    with_summary = bool(arguments.get("summarize") or written)
    ended = await asyncio.to_thread(context.manager.end_session, session, with_summary)
    if isinstance(ended, str):
        if session.state is SessionState.ENDED:
            ended = f"session {session.name} has already ended"
        return Outcome((one_line(ended),), {**_brief(session), "state": "ended"})
    data = {**ended, "summary": written} if written else ended
    return Outcome(_summary_blocks(session, ended, written), data)


_NOT_YET_OVERWRITTEN = (
    "its text is not yet overwritten in the database file: the disk is full or faulty, or another "
    "process is reading; that happens as soon as chatcli can write there again"
)


def _brief(session: Session) -> dict[str, str]:
    return {"session_id": session.id, "name": session.name}


def _summary_blocks(
    session: Session, summary: dict[str, Any], written: str
) -> tuple[str | Table, ...]:
    rows = (
        ("model", one_line(summary["model"])),
        ("turns", str(summary["turns"])),
        ("duration", seconds_text(summary["duration_seconds"])),
        ("first message", one_line(summary["first_message"])),
    )
    table = Table((Column(""), Column("")), rows)
    head = f"session {one_line(session.name)} has ended"
    return (head, table, written) if written else (head, table)


def _restore(context: Context, arguments: Arguments) -> Outcome:
    session = session_meant(context, arguments)
    if session.state is SessionState.ACTIVE:
        note = f"session {one_line(session.name)} is already active{_namesakes(context, session)}"
        return Outcome((note,), {**_brief(session), "state": "active"})
    restored = context.manager.restore_session(session)
    turns = count(restored.turns, "turn")
    note = f"session {one_line(restored.name)} is active again, with {turns}"
    if restored.name != session.name:
        note += f"; another session is called {one_line(session.name)} now"
    data = {**_brief(restored), "state": "active"}
    return Outcome((note,), data, notices=_notices(context), open=restored)


def _namesakes(context: Context, session: Session) -> str:
    """The ended sessions of the same name, which only their ids distinguish."""
    ids = [
        each.id
        for each in context.manager.sessions(ended=True)
        if each.name == session.name and each.state is SessionState.ENDED
    ]
    return f"; ended sessions of that name: {', '.join(ids)}" if ids else ""


async def _compact(context: Context, arguments: Arguments) -> Outcome:
    session = await asyncio.to_thread(session_meant, context, arguments)
    after = await context.manager.compact(session)
    text = (
        f"{count(session.turns, 'turn')} of {one_line(after.name)} have been summarized; "
        "the summary is sent in their place, and they stay in the database"
    )
    data = {"session_id": after.id, "name": after.name, "turns": after.turns}
    return Outcome((text,), data)


def _undo(context: Context, arguments: Arguments) -> Outcome:
    after = context.manager.undo(session_meant(context, arguments))
    left = count(after.turns, "turn")
    note = f"removed the last message and its reply; {left} left"
    return Outcome((note,), {**_brief(after), "turns": after.turns})


def _notices(context: Context) -> tuple[str, ...]:
    return tuple(context.manager.take_notices())


COMMANDS = (
    Command(
        "new",
        "start a new session",
        _new,
        Group.SESSIONS,
        args=(
            Arg("name", help="its name; chosen automatically if omitted"),
            Arg("model", Kind.MODEL, flag=True, short="m", help="the model that answers in it"),
            Arg("role", Kind.ROLE, flag=True, help="a role from the configuration"),
            Arg("system", flag=True, help="its system prompt"),
        ),
        examples=("/new", "/new release-notes", "/new review --role reviewer"),
    ),
    Command(
        "sessions",
        "list sessions, most recently used first",
        _sessions,
        Group.SESSIONS,
        aliases=("list", "ls"),
        args=(Arg("all", flag=True, switch=True, help="include ended sessions"),),
        examples=("/sessions", "/ls --all"),
        only_reads=True,
    ),
    Command(
        "history",
        "print the turns of this session",
        _history,
        Group.CONVERSATION,
        args=(Arg("number", Kind.NUMBER, label="N", help="only the last N turns"),),
        examples=("/history", "/history 10"),
        only_reads=True,
    ),
    Command(
        "rename",
        "rename this session",
        _rename,
        Group.SESSIONS,
        args=(Arg("name", required=True),),
        examples=("/rename release-notes",),
    ),
    Command(
        "end",
        "end a session; it stays readable and can be restored",
        _end,
        Group.SESSIONS,
        args=(
            Arg("session", Kind.SESSION, label="REF", help="default: this session"),
            Arg(
                "summarize",
                flag=True,
                switch=True,
                help="show model, turns, duration and first message",
            ),
            Arg(
                "write-summary", flag=True, switch=True, help="have the model write a summary, too"
            ),
        ),
        examples=("/end", "/end release-notes --summarize"),
    ),
    Command(
        "restore",
        "reactivate an ended session",
        _restore,
        Group.SESSIONS,
        args=(Arg("session", Kind.SESSION, label="REF", required=True),),
        examples=("/restore release-notes",),
    ),
    Command(
        "compact",
        "replace the conversation with a summary, to free up context",
        _compact,
        Group.CONVERSATION,
        examples=("/compact",),
    ),
    Command(
        "undo",
        "undo the last message and its reply",
        _undo,
        Group.CONVERSATION,
        examples=("/undo",),
    ),
)

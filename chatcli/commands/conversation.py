"""Commands that ask for a reply or stop one: send, retry, continue, stop."""

from __future__ import annotations

import asyncio

from chatcli.commands.arguments import session_meant, text_of
from chatcli.commands.registry import Arg, Arguments, Command, Context, Group, Kind, Outcome
from chatcli.core.text import one_line


async def _send(context: Context, arguments: Arguments) -> Outcome:
    session = await asyncio.to_thread(session_meant, context, arguments)
    pending = context.manager.submit(session, text_of(arguments, "text"))
    return Outcome((f"sent to {one_line(session.name)}",), pending=pending)


async def _retry(context: Context, arguments: Arguments) -> Outcome:
    session = await asyncio.to_thread(session_meant, context, arguments)
    return Outcome(pending=context.manager.retry(session))


async def _continue(context: Context, arguments: Arguments) -> Outcome:
    session = await asyncio.to_thread(session_meant, context, arguments)
    return Outcome(pending=context.manager.continue_reply(session))


def _stop(context: Context, arguments: Arguments) -> Outcome:
    session = session_meant(context, arguments)
    name = one_line(session.name) or "the new session"
    if context.manager.stop(session):
        return Outcome((f"stopped the reply in {name}; its text is kept",))
    if session.writing:
        return Outcome((f"another process is writing the reply in {name}; stop it there",))
    return Outcome((f"no reply is being written in {name}",))


COMMANDS = (
    Command(
        "send",
        "send a message to another session and stay in this one",
        _send,
        Group.CONVERSATION,
        args=(
            Arg("session", Kind.SESSION, required=True, label="REF"),
            Arg("text", required=True, rest=True),
        ),
        examples=("/send release-notes add the fix of the parser",),
    ),
    Command(
        "stop",
        "stop the reply being written; its text is kept",
        _stop,
        Group.CONVERSATION,
        args=(Arg("session", Kind.SESSION, label="REF", help="default: this session"),),
        examples=("/stop", "/stop release-notes"),
    ),
    Command(
        "retry",
        "get another reply to the last message",
        _retry,
        Group.CONVERSATION,
        examples=("/retry",),
    ),
    Command(
        "continue",
        "continue an incomplete reply",
        _continue,
        Group.CONVERSATION,
        examples=("/continue",),
    ),
)

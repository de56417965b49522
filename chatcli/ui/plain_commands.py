"""The commands of the line-by-line chat: the shared ones, and going to another session."""

from __future__ import annotations

from chatcli.commands.registry import (
    Arg,
    Arguments,
    Command,
    Context,
    Group,
    Kind,
    Outcome,
    Registry,
)


def _switch(context: Context, arguments: Arguments) -> Outcome:
    session = context.manager.get_session(str(arguments["session"]))
    return Outcome((f"now in session {session.name}",), open=session)


def _quit(context: Context, arguments: Arguments) -> Outcome:  # noqa: ARG001
    return Outcome()


def plain_registry(shared: Registry) -> Registry:
    """`/quit` ends the input loop before it is ever run; it is here for `/help`."""
    switch = Command(
        "switch",
        "go to another session",
        _switch,
        Group.SESSIONS,
        aliases=("s",),
        args=(Arg("session", Kind.SESSION, required=True, label="REF"),),
        examples=("/switch release-notes",),
    )
    leave = Command(
        "quit", "leave the chat", _quit, Group.PROGRAM, aliases=("exit", "bye"), examples=("/quit",)
    )
    return Registry([*shared, switch, leave])

"""Commands of the shell that tell more in the chat: numbered sessions, the keys in `/help`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatcli.commands.registry import (
    Arguments,
    Block,
    Column,
    Command,
    Context,
    Outcome,
    Registry,
    Table,
)
from chatcli.ui.commands.new_sessions import with_model_of_the_chat
from chatcli.ui.state.chat import Chat

KEYS = (
    ("Enter", "send; while a reply is being written, queue"),
    ("Ctrl-J, Alt-Enter", "new line"),
    ("Ctrl-G, Ctrl-X Ctrl-E", "edit the message in $VISUAL or $EDITOR"),
    ("Up, Ctrl-R", "take back a queued message, else earlier prompts; search them"),
    ("Tab", "complete commands, sessions, models, files"),
    ("Alt-1 … Alt-9, Alt-N", "go to a session; to the next one with unread replies"),
    ("Ctrl-C", "clear the input, else stop the reply, else (twice) leave"),
    ("Ctrl-D", "leave"),
)


def as_in_the_chat(chat: Chat, shared: Registry) -> Iterator[Command]:
    """The shared commands, some of them changed, in their order."""
    for command in shared:
        match command.name:
            case "new":
                yield with_model_of_the_chat(command, lambda: chat.model, silent=True)
            case "sessions":
                yield _numbered(chat, command)
            case "help":
                yield _with_keys(command)
            case _:
                yield command


def _outcome(command: Command, context: Context, arguments: Arguments) -> Outcome:
    outcome = command.run(context, arguments)
    assert isinstance(outcome, Outcome)  # noqa: S101 - a plain function gives no awaitable
    return outcome


# --- /help --------------------------------------------------------------------


def _with_keys(shared: Command) -> Command:
    def run(context: Context, arguments: Arguments) -> Outcome:
        outcome = _outcome(shared, context, arguments)
        if arguments.get("command"):
            return outcome
        keys = Table((Column(""), Column("")), KEYS, title="Keys")
        *tables, more = outcome.blocks
        return replace(outcome, blocks=(*tables, keys, more))

    return replace(shared, run=run)


# --- /sessions ----------------------------------------------------------------


def _numbered(chat: Chat, shared: Command) -> Command:
    """The table with the numbers used to switch here, and a word at the session in view."""

    def run(context: Context, arguments: Arguments) -> Outcome:
        outcome = _outcome(shared, context, arguments)
        rows = outcome.data if isinstance(outcome.data, list) else []
        ids = [str(row["session_id"]) for row in rows]
        return replace(outcome, blocks=tuple(_marked(chat, b, ids) for b in outcome.blocks))

    return replace(shared, run=run)


def _marked(chat: Chat, block: Block, ids: Sequence[str]) -> Block:
    if not isinstance(block, Table) or len(block.rows) != len(ids):
        return block
    titles = [column.title for column in block.columns]
    rows = tuple(
        (chat.views.number_of(session_id), *_marked_row(chat, titles, row, session_id))
        for session_id, row in zip(ids, block.rows, strict=True)
    )
    return Table((Column("#", right=True), *block.columns), rows, block.title)


def _marked_row(
    chat: Chat, titles: Sequence[str], row: Sequence[str], session_id: str
) -> Iterator[str]:
    current = chat.views.current
    here = current is not None and current.session.id == session_id
    for title, cell in zip(titles, row, strict=True):
        if title == "name":
            yield cell or "new"
        elif title == "state" and here:
            yield ", ".join(filter(None, ["here", cell]))
        else:
            yield cell

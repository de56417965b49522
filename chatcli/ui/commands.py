"""The commands that need the chat's screen: switch, edit, copy, quit, numbered sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chatcli.commands.registry import (
    Arg,
    Arguments,
    Column,
    Command,
    Context,
    Group,
    Kind,
    Outcome,
    Registry,
    Table,
)
from chatcli.core.model import Role
from chatcli.errors import UsageError
from chatcli.ui.clipboard import code_blocks, copy
from chatcli.ui.new_sessions import with_model_of_the_chat

if TYPE_CHECKING:
    from chatcli.ui.chat import Chat
    from chatcli.ui.handover import Handover
    from chatcli.ui.leaving import Leaving
    from chatcli.ui.switching import Switcher


def registry_for(
    chat: Chat, shared: Registry, switcher: Switcher, handover: Handover, leaving: Leaving
) -> Registry:
    """The shared commands and the chat's own, in the order of `/help`."""
    own = [_switch(switcher), _edit(handover), _copy(chat), _quit(leaving)]
    changed: dict[str, Callable[[Command], Command]] = {
        "new": lambda new: with_model_of_the_chat(new, lambda: chat.model, silent=True),
        "sessions": lambda sessions: _numbered(chat, sessions),
    }
    kept = [changed[c.name](c) if c.name in changed else c for c in shared]
    return Registry([*kept, *own])


def _switch(switcher: Switcher) -> Command:
    async def run(context: Context, arguments: Arguments) -> Outcome:  # noqa: ARG001
        await switcher.to_reference(str(arguments["session"]))
        return Outcome()

    return Command(
        "switch",
        "go to another session",
        run,
        Group.SESSIONS,
        aliases=("s",),
        args=(Arg("session", Kind.SESSION, required=True, label="REF|N|-"),),
        examples=("/switch 2", "/s release-notes", "/s -"),
    )


def _edit(handover: Handover) -> Command:
    async def run(context: Context, arguments: Arguments) -> Outcome:  # noqa: ARG001
        await handover.edit()
        return Outcome()

    return Command(
        "edit",
        "write the next message in your editor",
        run,
        Group.CONVERSATION,
        examples=("/edit",),
    )


def _copy(chat: Chat) -> Command:
    def run(context: Context, arguments: Arguments) -> Outcome:
        text, what = _wanted(context, arguments.get("number"))
        where = copy(text, chat.app.send_control)
        return Outcome((f"{what} is copied {where}",))

    return Command(
        "copy",
        "copy the last reply, or its Nth code block",
        run,
        Group.CONVERSATION,
        args=(Arg("number", Kind.NUMBER, label="N"),),
        examples=("/copy", "/copy 1"),
    )


def _wanted(context: Context, number: object) -> tuple[str, str]:
    turns = context.manager.thread(context.session, 10) if context.session else []
    replies = [t.content for t in turns if t.role is Role.ASSISTANT and t.content]
    if not replies:
        raise UsageError("there is no reply to copy")
    if not isinstance(number, int):
        return replies[-1], "the last reply"
    blocks = code_blocks(replies[-1])
    if not 1 <= number <= len(blocks):
        raise UsageError(f"the last reply has {len(blocks)} code blocks")
    return blocks[number - 1], f"code block {number}"


def _quit(leaving: Leaving) -> Command:
    async def run(context: Context, arguments: Arguments) -> Outcome:  # noqa: ARG001
        leaving.leave()
        return Outcome()

    return Command(
        "quit",
        "leave the chat",
        run,
        Group.PROGRAM,
        aliases=("exit", "bye"),
        examples=("/quit",),
    )


def _numbered(chat: Chat, shared: Command) -> Command:
    """`/sessions` with the numbers by which sessions are switched here."""

    def run(context: Context, arguments: Arguments) -> Outcome:
        outcome = shared.run(context, arguments)
        assert isinstance(outcome, Outcome)  # noqa: S101 - a plain function gives no awaitable
        rows = outcome.data if isinstance(outcome.data, list) else []
        numbers = [chat.views.number_of(str(row["session_id"])) for row in rows]
        return replace(outcome, blocks=tuple(_with_numbers(b, numbers) for b in outcome.blocks))

    return replace(shared, run=run)


def _with_numbers(block: object, numbers: Sequence[str]) -> Table | str:
    if not isinstance(block, Table) or len(block.rows) != len(numbers):
        return block  # type: ignore[return-value]
    rows = tuple((number, *row) for number, row in zip(numbers, block.rows, strict=True))
    return Table((Column("#", right=True), *block.columns), rows, block.title)

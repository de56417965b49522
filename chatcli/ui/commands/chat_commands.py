"""The commands that need the chat's screen: switch, edit, copy, quit."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from chatcli.commands.wording import count
from chatcli.core.model import Role
from chatcli.errors import UsageError
from chatcli.ui.commands.clipboard import code_blocks, copy
from chatcli.ui.commands.navigation import quit_command, switch_command
from chatcli.ui.commands.shared_commands import as_in_the_chat

if TYPE_CHECKING:
    from chatcli.ui.commands.handover import Handover
    from chatcli.ui.commands.leaving import Leaving
    from chatcli.ui.commands.switching import Switcher
    from chatcli.ui.state.chat import Chat


def registry_for(
    chat: Chat, shared: Registry, switcher: Switcher, handover: Handover, leaving: Leaving
) -> Registry:
    """The shared commands and the chat's own, in the order of `/help`."""
    own = [_switch(switcher), _edit(handover), _copy(chat), _quit(leaving)]
    return Registry([*as_in_the_chat(chat, shared), *own])


def _switch(switcher: Switcher) -> Command:
    async def run(context: Context, arguments: Arguments) -> Outcome:  # noqa: ARG001
        await switcher.to_reference(str(arguments["session"]))
        return Outcome()

    return switch_command(run, "REF|N|-", ("/switch 2", "/s release-notes", "/s -"))


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
        return Outcome((f"copied {what} {where}",))

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
        held = count(len(blocks), "code block") if blocks else "no code block"
        raise UsageError(f"the last reply has {held}")
    return blocks[number - 1], f"code block {number}"


def _quit(leaving: Leaving) -> Command:
    async def run(context: Context, arguments: Arguments) -> Outcome:  # noqa: ARG001
        leaving.leave()
        return Outcome()

    return quit_command(run)

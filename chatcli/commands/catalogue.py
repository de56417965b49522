"""Every command that needs no terminal; a front end adds its own."""

from __future__ import annotations

from chatcli.commands import conversation, information, model, session
from chatcli.commands.registry import Registry


def default_registry() -> Registry:
    """The commands that shell and chat share, in the order of `/help`."""
    return Registry(
        (*session.COMMANDS, *conversation.COMMANDS, *model.COMMANDS, *information.COMMANDS)
    )

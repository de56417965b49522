"""The commands of the line-by-line chat: the shared ones, and going to another session."""

from __future__ import annotations

from chatcli.commands.registry import Arguments, Context, Outcome, Registry
from chatcli.ui.commands.navigation import quit_command, switch_command
from chatcli.ui.commands.new_sessions import with_model_of_the_chat


def _switch(context: Context, arguments: Arguments) -> Outcome:
    session = context.manager.get_session(str(arguments["session"]))
    return Outcome((f"now in session {session.name}",), open=session)


def _quit(context: Context, arguments: Arguments) -> Outcome:  # noqa: ARG001
    return Outcome()


def plain_registry(shared: Registry, model: str = "") -> Registry:
    """`/quit` ends the input loop before it is ever run; it is here for `/help`.

    `model`: as asked for when the chat was started.
    """
    switch = switch_command(_switch, "REF", ("/switch release-notes",))
    kept = [with_model_of_the_chat(c, lambda: model) if c.name == "new" else c for c in shared]
    return Registry([*kept, switch, quit_command(_quit)])

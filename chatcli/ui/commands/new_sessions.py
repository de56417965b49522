"""A new session uses the model that the chat was started with, unless it is given another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chatcli.commands.arguments import text_of
from chatcli.commands.registry import Arguments, Command, Context, Outcome


def with_model_of_the_chat(
    new: Command, model: Callable[[], str], *, silent: bool = False
) -> Command:
    """`/new` with a default model.

    Args:
        new: the shared command.
        model: the one requested when the chat was started; empty: the configured default.
        silent: what the command tells is shown by the rule above the new session, too.
    """

    def run(context: Context, arguments: Arguments) -> Outcome:
        role = context.config.roles.get(text_of(arguments, "role"))
        if not text_of(arguments, "model") and not (role and role.model):
            arguments = {**arguments, "model": model()}
        outcome = new.run(context, arguments)
        assert isinstance(outcome, Outcome)  # noqa: S101 - a plain function gives no awaitable
        return replace(outcome, blocks=()) if silent else outcome

    return replace(new, run=run)

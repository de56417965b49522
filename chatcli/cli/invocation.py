"""One call of the program: its root options, and what is loaded for it when it is needed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chatcli.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

    from chatcli.commands.registry import Command, Context, Outcome
    from chatcli.config.loader import Loaded
    from chatcli.manager import SessionManager

MODEL_VARIABLE = "CHATCLI_MODEL"


def _nothing_to_release() -> None:
    """The chat's early prompt was not shown."""


@dataclass(slots=True)
class Invocation:
    """The options before the verb; filled in while the command line is parsed."""

    config_file: Path | None = None
    session: str = ""
    continue_last: bool = False
    model: str = ""
    system: str = ""
    quiet: bool = False
    exchange_began: bool = False
    loaded: Loaded | None = None
    release_prompt: Callable[[], None] = _nothing_to_release

    def take_config(self, file: str) -> None:
        """Use this configuration file; raises UsageError where none is named."""
        if not file:
            raise UsageError("--config takes a file's name")
        self.config_file = Path(file)

    def load(self) -> Loaded:
        """The configuration, read once; raises ConfigError.

        With a model on the command line, a wrong CHATCLI_MODEL stops nothing: it is not asked for.
        """
        if self.loaded is None:
            from chatcli.config.loader import load

            try:
                self.loaded = load(self.config_file)
            except ConfigError:
                if not (self.model and MODEL_VARIABLE in os.environ):
                    raise
                others = {k: v for k, v in os.environ.items() if k != MODEL_VARIABLE}
                self.loaded = load(self.config_file, environ=others)
        return self.loaded

    def make_manager(self, *, reading_will_do: bool = False) -> SessionManager:
        """A manager on the user's database, after the configuration's warnings.

        With `reading_will_do` it may be a database that cannot be written.

        Raises ConfigError, StoreError.
        """
        from chatcli.app import build_manager
        from chatcli.output.notes import print_note

        loaded = self.load()
        for warning in () if self.quiet else loaded.warnings:
            print_note(warning)
        return build_manager(loaded.config, reading_will_do=reading_will_do)

    def run(self, name: str, arguments: dict[str, object]) -> Outcome:
        """Run the command called `name` with a manager of its own.

        Arguments that are None or empty were not given. Raises ChatcliError.
        """
        from chatcli import event_loop
        from chatcli.commands.catalogue import default_registry
        from chatcli.commands.registry import Context

        registry = default_registry()
        command = registry.find(name)
        manager = self.make_manager(reading_will_do=command.only_reads)
        context = Context(manager, manager.config, registry=registry)
        given = {key: value for key, value in arguments.items() if value not in (None, "")}
        return event_loop.run(_outcome(command, context, given))


async def _outcome(command: Command, context: Context, arguments: dict[str, object]) -> Outcome:
    from chatcli.commands.registry import Outcome

    async with context.manager:
        outcome = command.run(context, arguments)
        return outcome if isinstance(outcome, Outcome) else await outcome


def invocation_of(ctx: typer.Context, *, model: str = "") -> Invocation:
    """The invocation that a verb belongs to; the verb's own `model` overrides that of the root."""
    invocation = ctx.obj
    if not isinstance(invocation, Invocation):
        raise TypeError("the program gives every verb its Invocation")
    invocation.model = model or invocation.model
    return invocation


def refuse_two_sessions(session: str | None, *, continue_last: bool) -> None:
    """Raises UsageError if both -s and -c say which session is meant."""
    if session and continue_last:
        raise UsageError("-s and -c cannot be combined")

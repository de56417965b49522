"""Opens the interactive chat."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chatcli.cli.early import CONTINUE

if TYPE_CHECKING:
    from chatcli.cli.invocation import Invocation
    from chatcli.commands.registry import Registry


def run_chat(options: Mapping[str, str], release_prompt: Callable[[], None]) -> int:
    """Run the chat with the options of `early.chat_options`; returns the exit code.

    The parser of the command line is not loaded for it: the prompt is there sooner.
    `release_prompt` takes away the prompt that is already shown.
    """
    from chatcli.cli.faults import reported
    from chatcli.cli.invocation import Invocation
    from chatcli.output.streams import prepare_streams

    prepare_streams()
    invocation = Invocation(
        session=options.get("session", ""),
        continue_last=CONTINUE in options,
        model=options.get("model", ""),
        system=options.get("system", ""),
        release_prompt=release_prompt,
    )
    return reported(lambda: _open(invocation, options.get("config")))


def _open(invocation: Invocation, config: str | None) -> int:
    try:
        if config is not None:
            invocation.take_config(config)
        return open_repl(invocation)
    finally:
        invocation.release_prompt()


def open_repl(invocation: Invocation) -> int:
    """Run the chat until the user leaves or the input ends; returns the exit code.

    Where standard input or output is no terminal, it goes line by line.

    Raises:
        UsageError: -s and -c together.
        ConfigError: the configuration is wrong, or nothing could answer.
    """
    from chatcli.cli.invocation import refuse_two_sessions
    from chatcli.output.streams import is_terminal

    refuse_two_sessions(invocation.session, continue_last=invocation.continue_last)
    from chatcli.cli.first_start import with_a_model

    at_a_terminal = is_terminal(sys.stdin) and is_terminal(sys.stdout)
    return with_a_model(invocation, lambda: _run(invocation), offer=at_a_terminal)


def _run(invocation: Invocation) -> int:
    from chatcli.ui.repl import run_repl

    loaded = invocation.load()
    invocation.quiet = True  # warnings are part of the greeting
    return run_repl(
        loaded.config,
        invocation.make_manager,
        _registry,
        session=_session(invocation) or None,
        continue_last=invocation.continue_last,
        model=invocation.model,
        system=invocation.system,
        greeting=loaded.warnings,
        model_origin=lambda: loaded.origins.get("model", ""),
        release_prompt=invocation.release_prompt,
    )


def _registry() -> Registry:
    from chatcli.commands.catalogue import default_registry

    return default_registry()


def _session(invocation: Invocation) -> str:
    """The session to open; empty: the one -c means, or a new one."""
    if invocation.session or invocation.continue_last:
        return invocation.session
    return os.environ.get("CHATCLI_SESSION", "")

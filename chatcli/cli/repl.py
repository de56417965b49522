"""Opens the interactive chat."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from chatcli.errors import UsageError

if TYPE_CHECKING:
    from chatcli.cli.invocation import Invocation


def open_repl(invocation: Invocation) -> int:
    """Run the chat until the user leaves; returns the exit code.

    Raises:
        UsageError: standard input or output is no terminal.
        ConfigError: the configuration is wrong, or nothing could answer.
    """
    from chatcli.output.streams import is_terminal

    if not is_terminal(sys.stdin) or not is_terminal(sys.stdout):
        raise UsageError(
            "the chat needs a terminal for its input and its output",
            hint='chatcli send "…" sends one message, chatcli send < FILE what FILE holds',
        )
    from chatcli.cli.first_start import with_a_model

    return with_a_model(invocation, lambda: _run(invocation))


def _run(invocation: Invocation) -> int:
    from chatcli.commands.catalogue import default_registry
    from chatcli.ui.repl import run_repl

    loaded = invocation.load()
    invocation.quiet = True  # warnings are part of the greeting
    return run_repl(
        loaded.config,
        invocation.make_manager,
        default_registry(),
        session=_session(invocation) or None,
        continue_last=invocation.continue_last,
        model=invocation.model,
        system=invocation.system,
        greeting=loaded.warnings,
        model_origin=lambda: loaded.origins.get("model", ""),
        release_prompt=invocation.release_prompt,
    )


def _session(invocation: Invocation) -> str:
    """The session to open; empty: the one -c means, or a new one."""
    if invocation.session or invocation.continue_last:
        return invocation.session
    return os.environ.get("CHATCLI_SESSION", "")

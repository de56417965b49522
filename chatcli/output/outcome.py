"""Prints what a command did: JSON, tables on a terminal, plain text elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from chatcli.commands.registry import Outcome
from chatcli.output.notes import print_note
from chatcli.output.streams import draws, is_terminal, print_out

if TYPE_CHECKING:
    from chatcli.config.model import Repl


def print_outcome(
    outcome: Outcome,
    *,
    as_json: bool = False,
    source: bool = False,
    look: Repl | None = None,
) -> int:
    """Print notices on standard error, the rest on standard output; returns the exit code.

    With `source`, turns are printed as they were written; else `look` says how they are
    rendered on a terminal. Raises ReaderGoneError, OutputError.
    """
    for notice in outcome.notices:
        print_note(notice)
    terminal = is_terminal(sys.stdout)
    if as_json:
        from chatcli.output.json_text import json_text

        print_out(f"{json_text(outcome.data, indent=2 if terminal else None)}\n")
    elif outcome.blocks:
        print_out(_drawn(outcome, look, terminal=terminal, source=source))
    return outcome.exit_code


def _drawn(outcome: Outcome, look: Repl | None, *, terminal: bool, source: bool) -> str:
    if draws(sys.stdout) and not source:
        from chatcli.config.model import Repl
        from chatcli.output.tables import rich_text

        return rich_text(outcome.blocks, look or Repl())
    from chatcli.core.text import for_terminal
    from chatcli.output.plain import plain_text

    text = plain_text(outcome.blocks, source=source)
    return for_terminal(text) if terminal else text

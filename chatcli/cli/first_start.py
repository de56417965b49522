"""The first start: nothing is configured, so ways to get a model are shown or offered."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from chatcli.errors import ConfigError, ExitCode
from chatcli.output.notes import print_fault
from chatcli.output.streams import is_terminal, print_error

if TYPE_CHECKING:
    from chatcli.backends.discovery import Discovery
    from chatcli.cli.invocation import Invocation


def with_a_model(invocation: Invocation, program: Callable[[], int], *, offer: bool = True) -> int:
    """Run `program`; where it fails because nothing is configured, help to get a model.

    Args:
        invocation: whose configuration counts.
        program: returns an exit code; is run again once a model is there.
        offer: a person may be asked, where standard input and error are a terminal.

    Returns the exit code. Raises what `program` raises for any other reason.
    """
    try:
        return program()
    except ConfigError:
        found = _nothing_found(invocation)
        if found is None:
            raise
    if offer and _accepted():
        return program()
    print_fault(f"no model is configured, and none was found: {found.reason}")
    print_error("hint: there are three ways to get started:")
    for number, way in enumerate(found.ways, 1):
        print_error(f"  {number}. {way}")
    return ExitCode.USAGE


def _nothing_found(invocation: Invocation) -> Discovery | None:
    """The result of the search that found nothing; None if something else is wrong."""
    if invocation.loaded is None:  # the configuration itself is wrong
        return None
    config = invocation.loaded.config
    if config.model or config.backends:
        return None
    from chatcli.backends.discovery import discover
    from chatcli.config.paths import data_folder

    found = discover(os.environ, data_folder())
    return found if found.kind == "none" else None


def _accepted() -> bool:
    """Offer to fetch the embedded model where only its file is missing; True once it is there.

    Raises LocalEngineError: it could not be fetched.
    """
    from chatcli.backends.local.model import engine_installed
    from chatcli.cli.confirmation import confirmed
    from chatcli.cli.fetching import fetch_model
    from chatcli.ui.early import forget_typing, keep_typing

    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr) and engine_installed()):
        return False
    forget_typing()
    question = "No model is configured. Download a small one (98 MB) to run locally?"
    if not confirmed(question, default=True):
        return False
    end = keep_typing()  # it takes a while; keys pressed meanwhile are meant for the chat
    try:
        fetch_model()
    finally:
        end()
    return True

"""Imports what the first reply needs, in a thread, while the user types."""

from __future__ import annotations

import contextlib
import gc

from chatcli.config.model import Config

OBJECTS_BETWEEN_SEARCHES = 3000
"""The number of new objects after which the interpreter looks for garbage, from then on: every
frame leaves
hundreds in circles, and a search takes a microsecond for each. A start has a higher number."""


def preload(config: Config) -> None:
    """Import the renderer and, where a server is configured, its client. Safe in a thread."""
    from chatcli.markdown import warm_up

    if not config.backends or any(b.kind == "openai" for b in config.backends.values()):
        from chatcli.backends.openai.sdk import load_openai

        with contextlib.suppress(ImportError):  # told when a message needs it
            load_openai()
    warm_up()
    gc.freeze()  # what is loaded stays, so later searches may skip it
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)

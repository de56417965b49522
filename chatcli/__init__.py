"""chatcli: several conversations with language models, side by side, in one terminal.

Importing this package imports nothing heavy: every public name loads on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatcli.errors import ChatcliError as ChatcliError
    from chatcli.manager import SessionManager as SessionManager

__version__ = "0.1.0"
__all__ = ["ChatcliError", "SessionManager", "__version__"]

_HOMES = {"SessionManager": "chatcli.manager", "ChatcliError": "chatcli.errors"}


def __getattr__(name: str) -> object:
    """Load a public name from its home module on first use (PEP 562)."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Loads the `openai` package without the parts that a chat never touches.

`import openai` runs two files that import nearly everything: its own `__init__` and that of
`openai.types`, some 400 modules of data classes. Here those packages are lazy
(`core.lazy_packages`): a chat loads a fifth of the modules.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from chatcli.core.lazy_packages import import_lazily

PACKAGE = "openai"
LAZY_PACKAGES = frozenset({PACKAGE, "openai.lib", "openai.types", "openai.types.shared"})
HOMES = {
    "AsyncOpenAI": "openai._client",
    "OpenAIError": "openai._exceptions",
    "Omit": "openai._types",
}
"""The names chatcli uses, and the modules that define them (openai 3.14 to 3.54)."""
NEEDED_LATER = ("httpcore2", "anyio._backends._asyncio")
"""What the first client and its first request import; done here, off the event loop."""
_PLUGINS_OFF = "PYDANTIC_DISABLE_PLUGINS"

_importing = threading.Lock()


def load_openai() -> None:
    """Make `import openai` cheap from now on. Thread-safe; takes some 0.2 s the first time.

    Raises ImportError if the package cannot be imported at all.
    """
    with _importing:
        if PACKAGE not in sys.modules:
            with _without_garbage_collection(), _without_plugins():
                import_lazily(PACKAGE, LAZY_PACKAGES, HOMES)
                for name in NEEDED_LATER:
                    with suppress(ImportError):
                        importlib.import_module(name)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Importing makes no garbage, and looking for some costs a fifth of its time.

    What was imported stays for good, so later searches, the one at exit too, leave it out.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def _without_plugins() -> Iterator[None]:
    """No plugins for the package's data classes while they are made.

    pydantic would read the metadata of every installed package to find some (10 ms), and load
    what it finds, whatever that does. None is wanted: nothing here goes through those classes.
    """
    if _PLUGINS_OFF in os.environ:
        yield
        return
    os.environ[_PLUGINS_OFF] = "__all__"
    try:
        yield
    finally:
        os.environ.pop(_PLUGINS_OFF, None)

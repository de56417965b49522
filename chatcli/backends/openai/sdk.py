"""Loads the `openai` package without the parts that a chat never touches.

`import openai` runs two files that import nearly everything: its own `__init__` and that of
`openai.types`, some 400 modules of data classes. Here the packages named in LAZY_PACKAGES are
entered in `sys.modules` with their `__init__` not yet run. It runs, unchanged, as soon as a
name is asked for that is neither a submodule nor in HOMES. So a chat loads a fifth of the
modules, and every name of the package still resolves. Whatever goes wrong here, the plain
import takes over.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import cast

PACKAGE = "openai"
LAZY_PACKAGES = frozenset({PACKAGE, "openai.lib", "openai.types", "openai.types.shared"})
HOMES = {
    "AsyncOpenAI": "openai._client",
    "OpenAIError": "openai._exceptions",
    "Omit": "openai._types",
}
"""The names chatcli uses, and the modules that define them (openai 3.14 to 3.54)."""
NEEDED_LATER = ("httpcore2", "anyio._backends._asyncio")
"""What the first client and its first request import; better here, off the event loop."""
_PLUGINS_OFF = "PYDANTIC_DISABLE_PLUGINS"

_importing = threading.Lock()


def load_openai() -> None:
    """Make `import openai` cheap from now on. Thread-safe; takes some 0.2 s the first time.

    Raises ImportError if the package cannot be imported at all.
    """
    with _importing:
        if PACKAGE not in sys.modules:
            with _without_garbage_collection(), _without_plugins():
                _import_lazily()
                for name in NEEDED_LATER:
                    with suppress(ImportError):
                        importlib.import_module(name)


def _import_lazily() -> None:
    finder = _LazyFinder()
    sys.meta_path.insert(0, finder)
    try:
        package = importlib.import_module(PACKAGE)
        for name in HOMES:
            getattr(package, name)
    except Exception:  # noqa: BLE001 - whatever it is, the plain import decides
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
    finally:
        sys.meta_path.remove(finder)
    importlib.import_module(PACKAGE)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """An import makes no garbage: looking for some costs a fifth of its time.

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


class _LazyFinder(MetaPathFinder):
    """Finds the lazy packages where they are, and gives them a loader that waits."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in LAZY_PACKAGES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None or spec.submodule_search_locations is None:
            return None
        spec.loader = _LazyLoader(spec.loader)
        return spec


class _LazyLoader(Loader):
    """Makes the package and leaves its `__init__` for later."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__loader__ = module.__spec__.loader = self._loader
        module.__dict__["_initializing"] = threading.RLock()
        module.__class__ = _LazyPackage


class _LazyPackage(ModuleType):
    """A package whose `__init__` runs when a name is missing."""

    def __getattr__(self, name: str) -> object:
        home = HOMES.get(name) if self.__name__ == PACKAGE else None
        if home is not None:
            return getattr(importlib.import_module(home), name)
        if importlib.util.find_spec(f"{self.__name__}.{name}") is not None:
            return importlib.import_module(f"{self.__name__}.{name}")
        self._initialize()
        return getattr(self, name)

    def _initialize(self) -> None:
        with self.__dict__["_initializing"]:
            if self.__class__ is _LazyPackage:
                self.__class__ = ModuleType  # type: ignore[assignment]
                cast("Loader", self.__loader__).exec_module(self)

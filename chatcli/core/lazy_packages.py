"""Imports packages with their `__init__` not yet run, for those that import far too much there.

A lazy package is in `sys.modules`, and its submodules can be imported. Its `__init__` runs,
unchanged, as soon as a name is asked for that is neither a submodule nor has a known home.
So every name of the package still resolves, and only what is used is loaded.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

_HOMES = "_chatcli_homes"
_INITIALIZING = "_chatcli_initializing"


def import_lazily(
    name: str, packages: Collection[str], homes: Mapping[str, str] | None = None
) -> None:
    """Import a module with some packages lazy. Whatever goes wrong, the plain import decides.

    Args:
        name: the module.
        packages: full names; what is imported already stays as it is.
        homes: names that the `__init__` of `name` would define, and the modules that do.

    Raises what the plain import raises.
    """
    try:
        with _lazy(packages, {name: homes or {}}):
            module = importlib.import_module(name)
            for defined in homes or ():
                getattr(module, defined)
    except Exception:  # noqa: BLE001 - see above
        top = name.partition(".")[0]
        for loaded in [loaded for loaded in sys.modules if f"{loaded}.".startswith(f"{top}.")]:
            del sys.modules[loaded]
    importlib.import_module(name)


@contextmanager
def _lazy(packages: Collection[str], homes: Mapping[str, Mapping[str, str]]) -> Iterator[None]:
    """Inside, an import of one of `packages` leaves its `__init__` for later."""
    finder = _LazyFinder(packages, homes)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _LazyFinder:
    """Finds the packages where they are, and gives them a loader that waits.

    Neither it nor the loader is a subclass of what `importlib.abc` has for them: before
    Python 3.14 that module loads all of `importlib.resources`.
    """

    def __init__(self, packages: Collection[str], homes: Mapping[str, Mapping[str, str]]) -> None:
        self._packages = packages
        self._homes = homes

    def find_spec(
        self, fullname: str, path: Any, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None or spec.submodule_search_locations is None:
            return None
        spec.loader = cast("Loader", _LazyLoader(spec.loader, self._homes.get(fullname, {})))
        return spec


class _LazyLoader:
    """Makes the package and leaves its `__init__` for later."""

    def __init__(self, loader: Loader, homes: Mapping[str, str]) -> None:
        self._loader = loader
        self._homes = homes

    def create_module(self, _: ModuleSpec) -> None:
        """As usual."""

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__loader__ = module.__spec__.loader = self._loader
        module.__dict__[_HOMES] = self._homes
        module.__dict__[_INITIALIZING] = threading.RLock()
        module.__class__ = _LazyPackage


class _LazyPackage(ModuleType):
    """A package whose `__init__` runs when a name is missing."""

    def __getattr__(self, name: str) -> object:
        home = self.__dict__[_HOMES].get(name)
        if home is not None:
            return getattr(importlib.import_module(home), name)
        if importlib.util.find_spec(f"{self.__name__}.{name}") is not None:
            return importlib.import_module(f"{self.__name__}.{name}")
        self._initialize()
        return getattr(self, name)

    def _initialize(self) -> None:
        with self.__dict__[_INITIALIZING]:
            if self.__class__ is _LazyPackage:
                self.__class__ = ModuleType  # type: ignore[assignment]
                cast("Loader", self.__loader__).exec_module(self)

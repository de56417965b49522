"""From a model's name to its backend, discovered where nothing is configured."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from chatcli.config import BackendConfig, Config, ModelChoice
from chatcli.core.ports import Backends

if TYPE_CHECKING:
    from pathlib import Path

    from chatcli.core.ports import Store

LONGEST_LOCK_SECONDS = 86_400.0
"""SQLite knows no wait without limit."""


def with_known_backends(config: Config) -> Config:
    """`config` with every well-known backend behind its own, so that `-m groq/…` just works.

    Old sessions thereby find their model again, too, whatever is configured now.
    """
    import os

    from chatcli.config.environment import defaults_of
    from chatcli.config.known_backends import KNOWN_BACKENDS

    known = {
        name: BackendConfig(**defaults_of(name, os.environ))  # type: ignore[arg-type]
        for name in KNOWN_BACKENDS
        if name not in config.backends
    }
    return replace(config, backends={**config.backends, **known})


class Models:
    """Resolves model references and builds the backends on first use. Thread-safe.

    Args:
        config: as loaded.
        make_backends: builds the backends once it is known which there are.
        discover: asked for the configuration of a backend where none is configured.
    """

    def __init__(
        self,
        config: Config,
        make_backends: Callable[[Config], Backends],
        discover: Callable[[Config], Config],
    ) -> None:
        self._config = config
        self._make_backends = make_backends
        self._discover = discover
        self._backends: Backends | None = None
        self._lock = threading.Lock()
        self._settled = False

    @property
    def config(self) -> Config:
        """The configuration with the backends that are always there."""
        return with_known_backends(self._config)

    def choose(self, reference: str) -> ModelChoice:
        """The backend and model behind a reference; an empty one is the default.

        Raises ConfigError: unknown alias, or nothing that could answer.
        """
        from chatcli.config.resolve import choose_model

        if not reference:
            self._settle()
            reference = self._config.model
        config = self.config if reference else self._config
        return choose_model(config, reference)

    def default_name(self) -> str:
        """The `model` of a new session by default: the configured reference."""
        self._settle()
        return self._config.model or self.choose("").name

    def _settle(self) -> None:
        """Find something that answers, once, if the configuration names nothing."""
        with self._lock:
            if not self._settled and not self._config.model and not self._config.backends:
                self._config = self._discover(self._config)
            self._settled = True

    def backends(self) -> Backends:
        """The backends, built on first use."""
        with self._lock:
            if self._backends is None:
                self._backends = self._make_backends(self.config)
            return self._backends

    def listed(self) -> list[str]:
        """The names of the backends worth asking for their models."""
        self._settle()
        return list(self._config.backends)

    async def close(self) -> None:
        """Close the backends, if any were built."""
        if self._backends is not None:
            await self._backends.close()


def default_store(config: Config, *, reading_will_do: bool = False) -> Store:
    """The user's own database; with `reading_will_do`, one that cannot be written, too."""
    from chatcli.config.paths import data_folder
    from chatcli.storage.sqlite import SqliteStore

    limit = config.timeouts.database or LONGEST_LOCK_SECONDS
    path = data_folder() / "chatcli.db"
    return SqliteStore.open(path, lock_timeout=limit, reading_will_do=reading_will_do)


def default_config() -> Config:
    """The user's own configuration."""
    from chatcli.config.loader import load

    return load().config


def default_models(config: Config, store: Store, folder: Path | None = None) -> Models:
    """The backends of `config`; what is learned about servers goes into `store`."""

    def make(config: Config) -> Backends:
        from chatcli.backends.catalog import Catalog
        from chatcli.config.paths import data_folder

        return Catalog(config, quirks=StoredQuirks(store), data_folder=folder or data_folder())

    def discover(config: Config) -> Config:
        from chatcli.backends.discovery import configured

        return configured(config)

    return Models(config, make, discover)


class StoredQuirks:
    """What was learned about endpoints, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, endpoint: str) -> dict[str, str]:
        """The quirks of an endpoint."""
        return dict(self._store.quirks(endpoint))

    def learn(self, endpoint: str, quirk: str, value: str) -> None:
        """Remember one."""
        self._store.learn_quirk(endpoint, quirk, value)

    def forget(self, endpoint: str, quirk: str) -> None:
        """Forget one."""
        self._store.forget_quirk(endpoint, quirk)

"""The configured backends by name, each built when it is first asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chatcli.config.model import BackendConfig, Config
from chatcli.core.ports import Backend
from chatcli.errors import ConfigError

if TYPE_CHECKING:
    from chatcli.backends.openai.quirks import Quirks


class Catalog:
    """Builds and keeps the backends of one configuration.

    Args:
        config: as loaded.
        quirks: the memory for what servers refuse.
        data_folder: where an embedded model's file is.
    """

    def __init__(self, config: Config, *, quirks: Quirks, data_folder: Path) -> None:
        self._config = config
        self._quirks = quirks
        self._data_folder = data_folder
        self._built: dict[str, Backend] = {}

    def get(self, name: str) -> Backend:
        """The backend of that name; raises ConfigError if there is none."""
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    async def close(self) -> None:
        """Close every backend that was built."""
        while self._built:
            _, backend = self._built.popitem()
            await backend.close()

    def _build(self, name: str) -> Backend:
        config = self._config.backends.get(name)
        if config is None:
            raise ConfigError(
                f"there is no backend '{name}'",
                hint=f"the configured ones: {', '.join(self._config.backends) or 'none'}",
            )
        if config.kind == "scripted":
            from chatcli.backends.scripted.backend import ScriptedBackend

            return ScriptedBackend(name, config)
        if config.kind == "local":
            return self._local(name, config)
        return self._openai(name, config)

    def _local(self, name: str, config: BackendConfig) -> Backend:
        from chatcli.backends.local.backend import LocalBackend

        return LocalBackend(
            name,
            config,
            timeouts=self._config.timeouts,
            retries=self._config.retries,
            data_folder=self._data_folder,
        )

    def _openai(self, name: str, config: BackendConfig) -> Backend:
        from chatcli.backends.openai.backend import OpenAIBackend

        def key() -> str | None:
            from chatcli.config.keys import find_key

            return find_key(name, config)

        return OpenAIBackend(
            name,
            config,
            key=key,
            timeouts=self._config.timeouts,
            retries=self._config.retries,
            quirks=self._quirks,
        )

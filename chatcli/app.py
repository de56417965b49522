"""The composition root: puts configuration, log, database and backends into one manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatcli.config import Config
    from chatcli.manager import SessionManager


def build_manager(config: Config, *, reading_will_do: bool = False) -> SessionManager:
    """A manager on the user's database, answering as `config` says.

    Opens the database and nothing else: backends are built, and an unconfigured one is looked
    for, when the first message needs them. With `reading_will_do` it may be a database that
    cannot be written.

    Raises:
        StoreError: the database cannot be opened, or is refused.
    """
    from chatcli.config.paths import state_folder
    from chatcli.manager import SessionManager
    from chatcli.manager.models import default_store
    from chatcli.output.log import start_log

    start_log(state_folder())
    store = default_store(config, reading_will_do=reading_will_do)
    return SessionManager(store=store, config=config)

"""The chat as a program of its own, answered by the obedient backend.

Folders come from CHATCLI_DATA_DIR and CHATCLI_STATE_DIR; the arguments are `[repl]` settings
and limits as KEY=VALUE, `session=NAME` and `model=NAME`.
"""

from __future__ import annotations

from chatcli.ui.early import show_prompt

release = show_prompt()

import ast  # noqa: E402
import sys  # noqa: E402
from dataclasses import fields  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from chatcli.config.model import BackendConfig, Config, Limits, Repl  # noqa: E402
from chatcli.ui.repl import run_repl  # noqa: E402

if TYPE_CHECKING:
    from chatcli.commands.registry import Registry
    from chatcli.manager import SessionManager


def settings() -> dict[str, Any]:
    """The arguments, values as Python literals where they are any."""
    given: dict[str, Any] = {}
    for argument in sys.argv[1:]:
        key, _, value = argument.partition("=")
        try:
            given[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            given[key] = value
    return given


def pick(kind: type[Any], given: dict[str, Any]) -> Any:
    """A configuration table from the settings that belong to it."""
    names = {field.name for field in fields(kind)}
    return kind(**{key: value for key, value in given.items() if key in names})


def main() -> int:
    """Run the chat."""
    given = settings()
    config = Config(
        model="obedient/one",
        limits=pick(Limits, given),
        repl=pick(Repl, given),
        backends={"obedient": BackendConfig(base_url="http://unused.test/v1")},
    )

    def make_manager() -> SessionManager:
        from chatcli.config.paths import data_folder, state_folder
        from chatcli.manager import SessionManager
        from chatcli.output.log import start_log
        from chatcli.storage.sqlite import SqliteStore
        from tests.fakes import FakeBackends
        from tests.screens.obedient_backend import ObedientBackend

        start_log(state_folder())
        store = SqliteStore.open(data_folder() / "chatcli.db")
        return SessionManager(store=store, config=config, backends=FakeBackends(ObedientBackend()))

    def make_registry() -> Registry:
        from chatcli.commands.catalogue import default_registry

        return default_registry()

    return run_repl(
        config,
        make_manager,
        make_registry,
        session=given.get("session"),
        model=given.get("model", ""),
        continue_last=given.get("continue_last", False),
        release_prompt=release,
    )


sys.exit(main())

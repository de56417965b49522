"""`doctor`: every check, in the order in which faults should be corrected."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chatcli.commands import check_backends, check_local, check_machine
from chatcli.commands.findings import Finding, note, ok, outcome_of
from chatcli.commands.registry import Outcome
from chatcli.config.model import BackendConfig
from chatcli.errors import ChatcliError, ConfigError

if TYPE_CHECKING:
    from chatcli.config.loader import Loaded
    from chatcli.manager import SessionManager


LOCAL = "local"
"""The embedded model's backend, by its usual name."""


async def diagnose(
    load: Callable[[], Loaded],
    make_manager: Callable[[], SessionManager],
    *,
    forget: bool = False,
) -> Outcome:
    """Check everything that can be checked; a fault in one place stops no other check.

    Args:
        load: reads the configuration.
        make_manager: opens the database.
        forget: what was learned about the configured servers.
    """
    findings = [check_machine.program(), check_machine.terminal(os.environ)]
    try:
        loaded = load()
    except ChatcliError as error:
        return outcome_of([*findings, Finding.of("configuration", error)])
    findings += _configuration(loaded)
    try:
        folders = _folders()
    except ConfigError as error:
        return outcome_of([*findings, Finding.of("folders", error)])
    findings += [check_machine.folder(subject, path) for subject, path in folders.items()]
    findings += check_machine.proxies(os.environ)
    data = folders["data folder"]
    try:
        async with make_manager() as manager:
            findings.append(check_machine.database(manager, data / "chatcli.db"))
            findings += await check_backends.servers(manager, forget=forget)
    except ChatcliError as error:
        findings.append(Finding.of("database", error))
    answers = any(finding.subject == f"backend {LOCAL}" for finding in findings)
    findings.append(await asyncio.to_thread(_embedded, loaded, data, answers=answers))
    return outcome_of(findings)


def _configuration(loaded: Loaded) -> list[Finding]:
    state = "" if loaded.exists else " (does not exist; using defaults and the environment)"
    first = ok("configuration", f"{loaded.path}{state}")
    return [first, *(note("configuration", warning) for warning in loaded.warnings)]


def _folders() -> dict[str, Path]:
    from chatcli.config.paths import data_folder, state_folder

    return {"data folder": data_folder(), "state folder": state_folder()}


def _embedded(loaded: Loaded, data: Path, *, answers: bool) -> Finding:
    """The embedded model, whose hash is computed: a damaged one loads and writes nonsense.

    `answers`: it is one of the backends, or was found where nothing is configured.
    """
    from chatcli.backends.local.model import status

    configured = loaded.config.backends
    config = configured.get(LOCAL, BackendConfig(kind="local"))
    alone = all(backend.kind == "local" for backend in configured.values()) and bool(configured)
    wanted = not configured and not loaded.config.model
    found = status(config, data, verify=True)
    return check_local.embedded(found, needed=alone or answers, wanted=wanted)

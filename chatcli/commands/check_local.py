"""What is installed of the embedded model, for `local status` and `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatcli.commands.findings import Finding, note, ok
from chatcli.commands.registry import Column, Outcome, Table
from chatcli.core.text import one_line
from chatcli.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from chatcli.backends.local.model import LocalStatus


def local_outcome(status: LocalStatus) -> Outcome:
    """The outcome of `local status`."""
    size = f"{status.size_bytes / 1e6:.0f} MB" if status.size_bytes else "unknown"
    rows = [
        ("engine", f"xllamacpp {status.engine_version}" if status.engine_version else "missing"),
        ("model", status.file.model if status.file else "missing"),
        *([("file", one_line(str(status.file.path))), ("size", size)] if status.file else []),
        *([("fault", one_line(status.fault))] if status.fault else []),
        ("ready", "yes" if status.ready else "no"),
        *([("to do", status.command)] if status.command else []),
    ]
    data = {
        "ready": status.ready,
        "engine_version": status.engine_version,
        "model": status.file.model if status.file else None,
        "path": str(status.file.path) if status.file else None,
        "size_bytes": status.size_bytes,
        "fault": status.fault,
        "missing": list(status.missing),
        "command": status.command,
    }
    code = ExitCode.OK if status.ready else ExitCode.USAGE
    return Outcome((Table((Column(""), Column("")), tuple(rows)),), data, exit_code=code)


def embedded(status: LocalStatus, *, needed: bool, wanted: bool) -> Finding:
    """The embedded model; missing parts are a fault only where nothing else could answer.

    `wanted` says that it would help: nothing is configured.
    """
    if status.ready and status.file:
        engine = f"engine xllamacpp {status.engine_version}"
        return ok("embedded model", f"{status.file.model} in {status.file.path}; {engine}")
    message = status.fault or f"missing: {' and '.join(status.missing)}"
    if needed:
        error = ConfigError(message, hint=status.command)
        return Finding.of("embedded model", error)
    if wanted:
        return note("embedded model", message, f"to get it: {status.command}")
    return note("embedded model", f"{message} (not needed)")

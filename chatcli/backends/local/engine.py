"""The child process that serves the embedded model: one JSON line with its port, then HTTP.

It imports nothing of chatcli, so that it can be run as a file. Its first argument is a JSON
object with the fields of `process.EngineSettings`; the key that requests must carry
comes in the environment (CHATCLI_ENGINE_KEY). The line on standard output is `{"port": int}`,
or `{"error": "import" | "load", "detail": str}`. It ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

KEY_VARIABLE = "CHATCLI_ENGINE_KEY"
PROMPT_CACHE_MIB = 128  # for conversations that hold no slot; the engine's default is 8192


def main() -> None:
    """Load the model, say where it answers, and wait for the parent's end."""
    _end_with_parent()
    report = _private_output()
    try:
        server = _serve(json.loads(sys.argv[1]), os.environ.pop(KEY_VARIABLE))
        line: dict[str, object] = {"port": int(server.listening_address.rsplit(":", 1)[1])}
    except ImportError as error:
        line = {"error": "import", "detail": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent tells the user
        line = {"error": "load", "detail": str(error)}
    os.write(report, json.dumps(line).encode() + b"\n")
    if "port" not in line:
        sys.exit(1)  # the engine writes its log on the way out
    sys.stdin.buffer.read()
    os._exit(0)  # a loaded engine's own end can take half a minute


def _end_with_parent() -> None:
    """Have the system end this process when the parent closes the pipe or dies.

    The engine holds the interpreter's lock while it loads, so reading standard input would
    notice it only after that. Where SIGIO does not end a process (macOS) it has to do.
    """
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _private_output() -> int:
    """A file descriptor for the one line; whatever else is printed goes to standard error."""
    report = os.dup(1)
    os.dup2(2, 1)
    return report


def _serve(settings: Mapping[str, Any], key: str) -> Any:
    """Start the engine's own server; returns when the model is loaded and the port is open."""
    # waiting threads that spin bring the engine to a halt beside any other busy process
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    import xllamacpp

    return xllamacpp.Server(_parameters(xllamacpp.CommonParams(), settings, key))


def _parameters(params: Any, settings: Mapping[str, Any], key: str) -> Any:
    """Fill the engine's parameters; what guards the port must exist, the rest may."""
    params.model.path = settings["model_file"]
    params.api_keys = [key]
    params.cors_origins = ""  # the default lets every web page in
    if hasattr(params, "hostnames"):  # since 2026.10
        params.hostnames = ["127.0.0.1"]
    else:
        params.hostname = "127.0.0.1"
    params.port = 0
    slots = settings["slots"] if settings["context_size"] else 1
    _set(params, n_parallel=slots, n_ctx=settings["context_size"] * slots)
    _set(params, n_predict=settings["max_tokens"], model_alias={settings["model"]})
    _set(params, cache_ram_mib=PROMPT_CACHE_MIB, ui=False, verbosity=1)
    _set(params.cpuparams, n_threads=settings["threads"])
    _set(params.cpuparams_batch, n_threads=settings["prompt_threads"])
    _set(params.sampling, **settings["sampling"])
    return params


def _set(target: Any, **values: object) -> None:
    """Set what exists: names come and go between the engine's monthly releases."""
    import contextlib

    for name, value in values.items():
        with contextlib.suppress(AttributeError, TypeError):
            setattr(target, name, value)


if __name__ == "__main__":
    main()

"""The engine's process: who may ask it, how it starts, and when it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from chatcli.backends.local.backend import LocalBackend
from chatcli.config.model import BackendConfig, Retries, Timeouts
from chatcli.errors import (
    BackendTimeoutError,
    LocalEngineError,
    ReplyCutOffError,
)
from tests.backends.local.running_engine import (
    ENDLESS,
    MODEL,
    SHORT,
    busy_slots,
    children,
    get,
    local,
    port_and_key,
    prompt,
)
from tests.backends.openai_case import Outcome, asked, run
from tests.engine import engine_folder, environment
from tests.program import wait_until

pytestmark = pytest.mark.engine

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


# --- the process ----------------------------------------------------------------------------


def test_only_who_knows_the_key_is_answered_and_no_web_page_is() -> None:
    async def work() -> None:
        async with local() as backend:
            await backend.warm_up()
            port, key = port_and_key()
            assert key not in " ".join(children()[0].cmdline())
            status, _, headers = get("/v1/models", port, key)
            assert status == 200
            assert not headers.get("Access-Control-Allow-Origin")
            for path in ("/v1/models", "/slots", "/props"):
                assert get(path, port, "wrong")[0] == 401

    run(work())


@posix
def test_the_engine_has_a_terminal_session_of_its_own() -> None:
    async def work() -> None:
        async with local() as backend:
            await backend.warm_up()
            (process,) = children()
            assert os.getsid(process.pid) == process.pid

    run(work())


@posix
def test_an_engine_that_dies_in_mid_reply_is_told_and_started_again() -> None:
    async def work() -> None:
        async with local(context_size=8192) as backend:
            await backend.warm_up()
            reply = asyncio.create_task(asked(backend, MODEL, prompt(), ENDLESS))
            await asyncio.to_thread(wait_until, lambda: busy_slots() == 1, "a reply")
            children()[0].kill()
            error = (await reply).error
            assert isinstance(error, (ReplyCutOffError, LocalEngineError))
            assert "process ended" in error.message
            assert (await asked(backend, MODEL, prompt(), SHORT)).ended

    run(work())


@posix
@pytest.mark.parametrize("options", [SHORT, ENDLESS], ids=["idle", "writing"])
def test_the_engine_ends_when_its_parent_is_killed(options: Mapping[str, object]) -> None:
    script = (
        "import asyncio, json, sys\n"
        "from pathlib import Path\n"
        "from tests.backends.local.test_backend import "
        "ChatRequest, MODEL, children, local, prompt\n"
        "async def work():\n"
        "    async with local(Path(sys.argv[1]), context_size=8192) as backend:\n"
        "        request = ChatRequest(MODEL, prompt(), json.loads(sys.argv[2]))\n"
        "        async for part in backend.stream(request):\n"
        "            print(children()[0].pid, flush=True)\n"
        "        await asyncio.sleep(600)\n"
        "asyncio.run(work())\n"
    )
    command = [sys.executable, "-c", script, str(engine_folder()), json.dumps(dict(options))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    wait_until(lambda: is_gone(pid), "the engine's end")


# --- engines that do not start, played by a module of the engine's name ----------------------


@asynccontextmanager
async def broken(tmp_path: Path, source: str, **timeouts: float) -> AsyncIterator[LocalBackend]:
    """A backend whose engine does what `source` says when it is imported."""
    (tmp_path / "xllamacpp.py").write_text(source)
    backend = LocalBackend(
        "local",
        BackendConfig(kind="local"),
        timeouts=Timeouts(**timeouts),
        retries=Retries(),
        data_folder=engine_folder(),
    )
    with environment(PYTHONPATH=str(tmp_path)):
        try:
            yield backend
        finally:
            await backend.close()


HANGS = "import threading; threading.Event().wait()"


@posix
@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (
            "raise ImportError('libgomp.so.1: cannot open shared object file')",
            "OpenMP library",
            "libgomp1",
        ),
        ("raise ModuleNotFoundError(\"No module named 'x'\")", "not installed", "chatcli[local]"),
        ("raise ImportError('wrong ELF class')", "cannot be loaded: wrong ELF class", ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "instructions", "hosted"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "memory", "context_size"),
        ("import os; os.write(2, b'bad\\x1b[31m thing\\n'); os._exit(7)", "bad␛[31m thing", ""),
        ("raise RuntimeError('out of luck')", "could not be loaded: out of luck", "setup"),
        ("print('hello', flush=True); raise ImportError('libgomp')", "OpenMP", "libgomp1"),
    ],
)
def test_an_engine_that_does_not_start_is_one_clear_error(
    tmp_path: Path, source: str, message: str, hint: str
) -> None:
    async def work() -> Outcome:
        async with broken(tmp_path, source) as backend:
            return await asked(backend, MODEL, prompt())

    error = run(work()).error
    assert isinstance(error, LocalEngineError)
    assert message in error.message
    assert hint in error.hint
    assert "\n" not in error.message


def test_an_engine_that_does_not_load_in_time_is_ended(tmp_path: Path) -> None:
    async def work() -> Outcome:
        async with broken(tmp_path, HANGS, local_start=0.2) as backend:
            return await asked(backend, MODEL, prompt())

    error = run(work()).error
    assert isinstance(error, LocalEngineError)
    assert "did not load within 0.2 s" in error.message
    assert "timeouts.local_start" in error.hint
    assert children() == []


def test_waiting_is_shown_and_bounded_by_the_requests_own_limit(tmp_path: Path) -> None:
    async def work() -> Outcome:
        async with broken(tmp_path, HANGS) as backend:
            return await asked(backend, MODEL, prompt(), seconds=1.2)

    outcome = run(work())
    assert isinstance(outcome.error, BackendTimeoutError)
    assert outcome.parts


def test_closing_while_it_loads_ends_it(tmp_path: Path) -> None:
    async def work() -> Outcome:
        async with broken(tmp_path, HANGS) as backend:
            reply = asyncio.create_task(asked(backend, MODEL, prompt()))
            await asyncio.to_thread(wait_until, children, "the engine's process")
            await backend.close()
            assert children() == []
            return await reply

    assert isinstance(run(work()).error, LocalEngineError)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends when it has loaded")
def test_an_engine_that_loads_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    # holds the interpreter's lock, as loading does
    (tmp_path / "xllamacpp.py").write_text("import ctypes; ctypes.PyDLL(None).sleep(600)")
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from tests.backends.local.test_backend import local\n"
        "async def work():\n"
        "    async with local(Path(sys.argv[1])) as backend:\n"
        "        await backend.warm_up()\n"
        "asyncio.run(work())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(engine_folder())],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    ) as parent:
        found: list[psutil.Process] = []

        def appears() -> bool:
            found[:] = [
                child
                for child in psutil.Process(parent.pid).children()
                if any("ctypes" in each.path for each in child.memory_maps())
            ]
            return bool(found)

        wait_until(appears, "the engine's process")
        os.kill(parent.pid, signal.SIGKILL)
    wait_until(lambda: is_gone(found[0].pid), "the engine's end")

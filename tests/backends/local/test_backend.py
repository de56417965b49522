from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from chatcli.backends.local import engine
from chatcli.backends.local.backend import LocalBackend
from chatcli.config.model import BackendConfig, Retries, Timeouts
from chatcli.core.ports import ChatRequest, EndPart, Message, ModelInfo, TextPart
from chatcli.errors import (
    BackendTimeoutError,
    ContextTooLongError,
    LocalEngineError,
    ReplyCutOffError,
    UnknownModelError,
)
from tests.backends.openai_case import Outcome, asked, run
from tests.engine import engine_folder, environment, model_file
from tests.program import wait_until

MODEL = "smollm2-135m-instruct"
SHORT: Mapping[str, object] = {"max_tokens": 12, "ignore_eos": True}
ENDLESS: Mapping[str, object] = {"max_tokens": 8000, "ignore_eos": True}
pytestmark = pytest.mark.engine
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@asynccontextmanager
async def local(folder: Path | None = None, **config: Any) -> AsyncIterator[LocalBackend]:
    """A backend on the real model, closed afterwards; `config` are keys of its configuration."""
    backend = LocalBackend(
        "local",
        BackendConfig(kind="local", **config),
        timeouts=Timeouts(),
        retries=Retries(),
        data_folder=folder or engine_folder(),
    )
    try:
        yield backend
    finally:
        await backend.close()


def prompt(text: str = "Say hello.") -> tuple[Message, ...]:
    return (Message("user", text),)


def children() -> list[psutil.Process]:
    """The engine processes of this one."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and engine.__file__ in child.cmdline()
    ]


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def port_and_key() -> tuple[int, str]:
    """Where the engine answers, and with which key, as the system knows it."""
    (process,) = children()
    (address,) = [c.laddr for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert address.ip == "127.0.0.1"
    return address.port, process.environ()["CHATCLI_ENGINE_KEY"]


def get(path: str, port: int, key: str) -> tuple[int, Any, Mapping[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        return response.status, json.loads(response.read()), dict(response.getheaders())
    finally:
        connection.close()


def busy_slots() -> int:
    _, slots, _ = get("/slots", *port_and_key())
    return sum(slot["is_processing"] for slot in slots)


# --- replies --------------------------------------------------------------------------------


def test_a_reply_streams_and_ends_with_its_usage() -> None:
    async def work() -> Outcome:
        async with local() as backend:
            return await asked(backend, MODEL, prompt(), SHORT)

    outcome = run(work())
    assert outcome.error is None
    assert len(outcome.of(TextPart)) > 3
    assert outcome.usage
    assert outcome.usage.output_tokens == 12
    assert outcome.usage.input_tokens
    assert (outcome.ended, outcome.finish_reason) == (True, "length")
    assert children() == []


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_a_conversation_goes_on_in_the_same_process(api: str) -> None:
    async def work() -> None:
        async with local(api=api) as backend:
            messages = prompt()
            await backend.warm_up()
            processes = children()
            for _ in range(6):
                reply = await asked(backend, MODEL, messages, {**SHORT, "max_tokens": 3})
                assert reply.error is None
                messages = (*messages, Message("assistant", reply.text), *prompt("And?"))
            assert children() == processes

    run(work())


def test_two_replies_are_written_at_once_and_a_third_waits_for_its_turn() -> None:
    order: list[int] = []

    async def one(backend: LocalBackend, number: int) -> bool:
        options = {"max_tokens": 40, "ignore_eos": True}
        async for part in backend.stream(ChatRequest(MODEL, prompt(f"{number}"), options)):
            if isinstance(part, TextPart):
                order.append(number)
        return isinstance(part, EndPart)

    async def work() -> list[bool]:
        async with local() as backend:
            return await asyncio.gather(*(one(backend, number) for number in range(3)))

    assert run(work()) == [True, True, True]
    ends = {number: len(order) - order[::-1].index(number) for number in range(3)}
    alongside = [n for n in range(3) for m in range(3) if n < m and order.index(m) < ends[n]]
    assert alongside, order


def test_stopping_a_reply_stops_the_computing() -> None:
    async def work() -> None:
        async with local(context_size=8192) as backend:
            request = ChatRequest(MODEL, prompt(), ENDLESS)
            async with aclosing(backend.stream(request)) as parts:
                async for part in parts:
                    if isinstance(part, TextPart):
                        break
                assert await asyncio.to_thread(busy_slots) == 1
            await asyncio.to_thread(wait_until, lambda: busy_slots() == 0, "an idle slot")
            assert (await asked(backend, MODEL, prompt(), SHORT)).ended

    run(work())


def test_cancelling_while_it_loads_leaves_the_engine_to_the_others() -> None:
    async def work() -> None:
        async with local() as backend:
            impatient = asyncio.create_task(asked(backend, MODEL, prompt(), SHORT))
            patient = asyncio.create_task(asked(backend, MODEL, prompt(), SHORT))
            await asyncio.to_thread(wait_until, children, "the engine's process")
            impatient.cancel()
            assert (await patient).ended
            assert impatient.cancelled()

    run(work())


def test_a_conversation_longer_than_the_context_is_refused() -> None:
    async def work() -> Outcome:
        async with local(context_size=256) as backend:
            return await asked(backend, MODEL, prompt("word " * 1000))

    assert isinstance(run(work()).error, ContextTooLongError)


def test_a_proxy_in_the_environment_does_not_matter() -> None:
    async def work() -> Outcome:
        async with local() as backend:
            return await asked(backend, MODEL, prompt(), SHORT)

    with environment(HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9", NO_PROXY=""):
        assert run(work()).ended


# --- models ---------------------------------------------------------------------------------


def test_the_model_is_listed_without_starting_anything() -> None:
    async def work() -> None:
        async with local() as backend:
            assert await backend.models() == [ModelInfo(MODEL, 4096)]
            assert children() == []

    run(work())


def test_another_model_is_refused_before_anything_starts() -> None:
    async def work() -> Outcome:
        async with local() as backend:
            return await asked(backend, "gpt-4", prompt())

    error = run(work()).error
    assert isinstance(error, UnknownModelError)
    assert f"local/{MODEL}" in error.hint


def test_a_file_of_the_users_own_goes_by_its_name(tmp_path: Path) -> None:
    own = tmp_path / "My Model.gguf"
    own.symlink_to(model_file())

    async def work() -> Outcome:
        async with local(tmp_path, model_file=str(own), threads=2) as backend:
            assert await backend.models() == [ModelInfo("My Model", 4096)]
            return await asked(backend, "My Model", prompt(), SHORT)

    assert run(work()).ended


@pytest.mark.parametrize(
    ("size", "fault"),
    [(None, "cannot be read"), (0, "is empty"), (200, "damaged"), (40_000_000, "damaged")],
)
def test_a_file_that_is_not_whole_is_one_clear_error(
    tmp_path: Path, size: int | None, fault: str
) -> None:
    path = tmp_path / "models" / model_file().name
    path.parent.mkdir()
    if size is None:
        path = tmp_path / "none.gguf"
    else:
        with model_file().open("rb") as whole:
            path.write_bytes(whole.read(size))
    config = {"model_file": str(path)} if size is None else {}

    async def work() -> Outcome:
        async with local(tmp_path, **config) as backend:
            return await asked(backend, "")

    error = run(work()).error
    assert isinstance(error, LocalEngineError)
    assert fault in error.message
    assert error.hint


def test_a_damaged_file_of_the_users_own_is_reported_by_the_engine(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    with model_file().open("rb") as whole:
        own.write_bytes(whole.read(40_000_000))

    async def work() -> Outcome:
        async with local(tmp_path, model_file=str(own)) as backend:
            return await asked(backend, "own", prompt())

    error = run(work()).error
    assert isinstance(error, LocalEngineError)
    assert "own.gguf could not be loaded: error loading model: tensor" in error.message
    assert children() == []


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

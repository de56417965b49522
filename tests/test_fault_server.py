"""The fault server does to a plain client what its scenarios say."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.fault_scenarios import SCENARIOS
from tests.fault_server import FaultServer

WAITS = {
    "comments-then-text", "comments-forever", "text-then-comments", "stall-after-text",
    "stall-after-head", "no-answer", "held-open", "endless", "body-endless", "body-stalls",
    "silent-after-finish", "answer-later", "think-close-later",
}  # fmt: skip
BREAK_OFF = (
    *("cut", "drop", "body-cut", "head-cut", "chunk-size-broken", "counts-too-far"),
    *("huge-head", "no-http"),
)
ARGUMENTS = {"status": ":503", "status-once": ":503", "reset": ":wait"}


OWN = sorted(
    name
    for name, play in SCENARIOS.items()
    if name not in {*WAITS, "reset"} and play.__module__.startswith("tests.fault_scenarios")
)
"""The scenarios that everybody may use; a test may have entered one of its own."""
_opened: list[http.client.HTTPConnection] = []


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running
        while _opened:
            _opened.pop().close()


def ask(server: FaultServer, model: str, **more: object) -> http.client.HTTPConnection:
    body = {"model": model, "messages": [{"role": "user", "content": "Hi"}], "stream": True, **more}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    _opened.append(connection)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    return connection


def test_a_faultless_reply_is_whole_and_the_connection_serves_again(server: FaultServer) -> None:
    connection = ask(server, "ok")
    answer = connection.getresponse().read()
    assert b"Hello " in answer
    assert answer.endswith(b"data: [DONE]\n\n")
    connection.request("GET", "/v1/models")
    assert json.loads(connection.getresponse().read())["data"][0]["id"] == "beta"
    assert [r.path for r in server.requests] == ["/v1/chat/completions", "/v1/models"]


@pytest.mark.parametrize("name", OWN)
def test_every_scenario_answers_or_closes(server: FaultServer, name: str) -> None:
    connection = ask(server, name + ARGUMENTS.get(name, ""))
    try:
        connection.getresponse().read()
    except (http.client.HTTPException, ConnectionError):
        assert name.startswith(BREAK_OFF)


@pytest.mark.parametrize("name", sorted(WAITS - {"no-answer"}))
def test_what_waits_notices_that_the_client_left(server: FaultServer, name: str) -> None:
    connection = ask(server, name)
    response = connection.getresponse()
    response.close()
    connection.close()
    assert server.requests[0].wait_gone()


def test_silence_ends_with_the_release(server: FaultServer) -> None:
    connection = ask(server, "no-answer")
    server.wait_requests(1)
    server.release()
    assert b"Hello" in connection.getresponse().read()


def test_a_reset_is_a_reset(server: FaultServer) -> None:
    response = ask(server, "reset:wait").getresponse()
    assert b"Half" in response.read1()
    server.release()
    with pytest.raises(ConnectionResetError):
        response.read()


def test_a_script_goes_before_names_and_paths(server: FaultServer) -> None:
    server.script("status:503", "ok")
    assert ask(server, "no-such").getresponse().status == 503
    assert ask(server, "no-such").getresponse().status == 200
    assert ask(server, "no-such").getresponse().status == 404


def test_as_a_process_it_tells_what_it_was_asked() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fault_server"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()))
        connection.request("POST", "/v1/chat/completions", '{"model": "ok", "stream": true}')
        connection.getresponse().read()
        connection.request("GET", "/_requests")
        told = json.loads(connection.getresponse().read())
        assert told[0]["body"] == {"model": "ok", "stream": True}
        connection.close()
        process.communicate("")

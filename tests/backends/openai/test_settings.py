"""Addresses, keys, headers, proxies, certificates: repaired, or refused with their name."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from chatcli.backends.openai.address import read_address
from chatcli.backends.openai.connection_faults import connection_fault
from chatcli.backends.openai.http_client import Route
from chatcli.config.model import Timeouts
from chatcli.errors import (
    AuthenticationError,
    BackendConnectionError,
    BackendSetupError,
    BackendTimeoutError,
    ConfigError,
    UnreachableError,
)
from tests.backends.openai_case import ask, asked, make_backend, opened, run
from tests.fault_server import FaultServer

KEY = "sk-test-0123456789abcdefghij"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "written",
    [
        " http://127.0.0.1:{port}/v1 ",
        "'http://127.0.0.1:{port}/v1'",
        "http://127.0.0.1:{port}/v1/",
        "http://127.0.0.1:{port}/v1/chat/completions",
        "127.0.0.1:{port}/v1",
        "localhost:{port}/v1",
        "http://127.0.0.1:{port}/v1#here",
    ],
)
def test_an_address_is_repaired(server: FaultServer, written: str) -> None:
    outcome = ask(written.format(port=server.port), "ok")
    assert outcome.text == "Hello world"
    assert server.requests[0].path == "/v1/chat/completions"


def test_a_query_in_the_address_goes_with_every_request(server: FaultServer) -> None:
    ask(f"{server.base_url}?api-version=1", "ok", query={"tenant": "a b"})
    path = server.requests[0].path
    assert path.startswith("/v1/chat/completions?")
    assert "api-version=1" in path
    assert "tenant=a" in path


@pytest.mark.parametrize("written", ["", "ftp://host/v1", "http://", "http://a b/v1", "http://h:x"])
def test_an_impossible_address_is_named(written: str) -> None:
    error = ask(written, "ok").error
    assert isinstance(error, BackendSetupError)
    assert "base_url" in error.message


def test_a_password_in_the_address_is_not_shown() -> None:
    error = ask("ftp://me:geheim@host/v1", "ok").error
    assert error is not None
    assert "geheim" not in f"{error.message}{error.hint}"


@pytest.mark.parametrize("written", ["sk-geheim\nX: y", "sk-geheimß", "sk-geheim\x00"])
def test_an_impossible_key_is_refused_and_not_shown(server: FaultServer, written: str) -> None:
    error = ask(server.base_url, "ok", key=written).error
    assert isinstance(error, BackendSetupError)
    assert "geheim" not in f"{error.message}{error.hint}{error!r}"
    assert error.__cause__ is None
    assert server.requests == []


def test_a_key_that_cannot_be_found_says_why(server: FaultServer) -> None:
    def key() -> str | None:
        raise ConfigError("the command failed", hint="look at it")

    error = ask(server.base_url, "ok", key=key).error
    assert isinstance(error, BackendSetupError)
    assert (error.message, error.hint) == ("the command failed", "look at it")


def test_a_key_that_the_server_repeats_is_not_shown(server: FaultServer) -> None:
    error = ask(server.base_url, "wrong-key", key=KEY).error
    assert isinstance(error, AuthenticationError)
    assert KEY not in f"{error.message}{error.hint}"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_without_keys_gets_a_placeholder(server: FaultServer) -> None:
    assert ask(server.base_url, "ok", key=None).ended
    assert server.requests[0].headers["authorization"] == "Bearer none"


def test_openai_itself_is_not_asked_without_a_key() -> None:
    error = ask("https://api.openai.com/v1", "gpt", key=None).error
    assert isinstance(error, AuthenticationError)
    assert "no key" in error.message


def test_a_refused_key_is_looked_up_again(server: FaultServer) -> None:
    keys = iter(["sk-old", KEY])

    async def work() -> None:
        async with opened(make_backend(server.base_url, key=lambda: next(keys))) as backend:
            model = f"needs-key:{KEY}"
            assert isinstance((await asked(backend, model)).error, AuthenticationError)
            assert (await asked(backend, model)).text == "Hello world"

    run(work())


def test_variables_meant_for_openai_do_not_reach_another_server(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-only-0000000")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Inner: 1\nAuthorization: Bearer stolen")
    assert ask(server.base_url, "ok", key=KEY, headers={"X-Own": "2"}).ended
    headers = server.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-own"] == "2"
    assert not {"openai-organization", "openai-project", "x-inner"} & headers.keys()


def test_a_header_that_cannot_be_sent_is_named(server: FaultServer) -> None:
    error = ask(server.base_url, "ok", headers={"X-Own": "a\nb: geheim"}).error
    assert isinstance(error, BackendSetupError)
    assert "X-Own" in error.message
    assert "geheim" not in error.message


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_a_header_that_frames_the_request_is_refused(server: FaultServer, name: str) -> None:
    error = ask(server.base_url, "ok", headers={name: "5"}).error
    assert isinstance(error, BackendSetupError)
    assert name in error.message
    assert server.requests == []


def test_a_proxy_variable_is_not_used_for_this_machine(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert ask(server.base_url, "ok").text == "Hello world"


@pytest.mark.parametrize(
    ("variable", "value", "kind"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:9", UnreachableError),
        ("all_proxy", "http://127.0.0.1:9", UnreachableError),
        ("HTTP_PROXY", "gopher://127.0.0.1:9", BackendSetupError),
        ("HTTP_PROXY", "::::", BackendSetupError),
        ("HTTP_PROXY", "http://", BackendSetupError),
        ("HTTP_PROXY", "http://me:geheim#1@127.0.0.1:9", BackendSetupError),
        ("http_proxy", "http://127.0.0.1:99999", BackendSetupError),
        ("HTTP_PROXY", "http://proxy.invalid:3128", UnreachableError),
    ],
)
def test_a_useless_proxy_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, kind: type[Exception]
) -> None:
    monkeypatch.setenv(variable, value)
    error = ask("http://chat.example.test/v1", "ok").error
    assert isinstance(error, kind)
    assert variable in error.message
    assert "geheim" not in f"{error.message}{error.hint}"


def test_a_socks_proxy_works_or_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    error = ask("http://chat.example.test/v1", "ok").error
    assert error is not None
    assert "ALL_PROXY" in error.message


def test_the_backends_own_proxy_goes_before_the_environment(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    proxy = f"http://127.0.0.1:{server.port}"
    assert ask("http://chat.example.test/v1", "ok", proxy=proxy).text == "Hello world"
    assert server.requests[0].path == "http://chat.example.test/v1/chat/completions"
    error = ask("http://chat.invalid/v1", "ok", proxy="none").error
    assert isinstance(error, BackendConnectionError)
    assert "chat.invalid" in error.message


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_missing_certificate_file_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "/no/such/file.pem")
    error = ask("https://127.0.0.1:9/v1", "ok").error
    assert isinstance(error, BackendSetupError)
    assert variable in error.message


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    error = ask("https://127.0.0.1:9/v1", "ok", ca_file=str(empty)).error
    assert isinstance(error, BackendSetupError)
    assert "ca_file" in error.message


def test_nobody_listening_is_said_at_once() -> None:
    error = ask("http://127.0.0.1:9/v1", "ok", max_retries=3).error
    assert isinstance(error, UnreachableError)
    assert "connection refused" in error.message


def test_a_silent_port_of_ollama_asks_whether_it_runs() -> None:
    route = Route("ollama", read_address("localhost:11434/v1", "ollama"), 10, 10)
    fault = connection_fault(ConnectionRefusedError(), route)
    assert "is Ollama running?" in fault.hint


def test_an_unknown_host_is_named() -> None:
    error = ask("https://no-such-host.invalid/v1", "ok").error
    assert isinstance(error, BackendConnectionError)
    assert "no-such-host.invalid" in error.message


@contextmanager
def _full_listener() -> Iterator[int]:
    """A port whose queue of connections is full: the next one gets no answer at all."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as listening:
        address = listening.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        yield address[1]
        for each in waiting:
            each.close()


def test_a_host_that_does_not_answer_runs_into_the_limit() -> None:
    with _full_listener() as port:
        error = ask(f"http://127.0.0.1:{port}/v1", "ok", timeouts=Timeouts(connect=0.3)).error
    assert isinstance(error, BackendTimeoutError)
    assert "0.3 s" in error.message


def test_tls_that_is_never_answered_runs_into_the_same_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}/v1"
        error = ask(address, "ok", timeouts=Timeouts(connect=0.3)).error
    assert isinstance(error, BackendTimeoutError)
    assert "0.3 s" in error.message
    assert "timeouts.connect" in error.hint
    assert "https" in error.hint


def test_a_proxy_that_never_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")
        limits = Timeouts(connect=10, first_token=0.3)
        error = ask("https://chat.example.test/v1", "ok", timeouts=limits).error
    assert isinstance(error, BackendTimeoutError)
    assert "HTTPS_PROXY" in error.hint


def test_plain_http_behind_https_is_explained(server: FaultServer) -> None:
    error = ask(f"https://127.0.0.1:{server.port}/v1", "ok").error
    assert isinstance(error, UnreachableError)
    assert "http://" in error.hint


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody has signed, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=test.example", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [openssl, "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


@pytest.fixture
def secure_server(certificate: tuple[Path, Path]) -> Iterator[FaultServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with FaultServer(tls=context) as running:
        yield running


def test_a_certificate_nobody_signed_is_refused(secure_server: FaultServer) -> None:
    error = ask(secure_server.base_url, "ok", max_retries=3).error
    assert isinstance(error, UnreachableError)
    assert "certificate" in error.message
    assert "ca_file" in error.hint


def test_a_certificate_for_another_host_is_explained(
    secure_server: FaultServer, certificate: tuple[Path, Path]
) -> None:
    address = f"https://localhost:{secure_server.port}/v1"
    error = ask(address, "ok", ca_file=str(certificate[0])).error
    assert isinstance(error, UnreachableError)
    assert "base_url" in error.hint


def test_https_behind_plain_http_is_explained(secure_server: FaultServer) -> None:
    error = ask(f"http://127.0.0.1:{secure_server.port}/v1", "ok").error
    assert error is not None
    assert "https://" in error.hint


@pytest.mark.parametrize("by_variable", [True, False])
def test_a_certificate_can_be_named(
    secure_server: FaultServer,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    by_variable: bool,
) -> None:
    path = str(certificate[0])
    if by_variable:
        monkeypatch.setenv("SSL_CERT_FILE", path)
    outcome = ask(secure_server.base_url, "ok", ca_file="" if by_variable else path)
    assert outcome.text == "Hello world"


def test_a_proxy_that_refuses_is_named(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
    error = ask("https://chat.example.test/v1", "ok").error
    assert isinstance(error, UnreachableError)
    assert "HTTPS_PROXY" in error.message


def test_a_proxy_that_wants_a_password_says_so(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    error = ask("http://chat.example.test/v1", "status:407").error
    assert isinstance(error, BackendSetupError)
    assert "HTTP_PROXY" in error.message
    assert "USER:PASSWORD" in error.hint


def test_a_proxy_that_hangs_up_is_named(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    error = ask("http://chat.example.test/v1", "drop").error
    assert isinstance(error, BackendConnectionError)
    assert "HTTP_PROXY" in error.hint

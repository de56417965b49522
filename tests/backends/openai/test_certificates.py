"""Certificates: whose are trusted, and what is said about others."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcli.errors import (
    BackendSetupError,
    UnreachableError,
)
from tests.backends.openai_case import ask
from tests.fault_server import FaultServer

pytestmark = pytest.mark.usefixtures("bare_environment")


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

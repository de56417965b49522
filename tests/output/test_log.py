import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcli.output.log import LIMIT_BYTES, log_path, log_unexpected, start_log


@pytest.fixture(autouse=True)
def logger_as_before() -> Iterator[None]:
    logger = logging.getLogger("chatcli")
    before, logger.handlers = logger.handlers, []
    yield
    logger.handlers = before


def fail_with(secret: str) -> Exception:
    with pytest.raises(KeyError) as caught:
        _fail(secret)
    return caught.value


def _fail(secret: str) -> None:
    try:
        json.loads(secret)
    except ValueError as error:
        raise KeyError(secret) from error


def test_a_fault_is_logged_with_its_place_and_without_its_values(tmp_path: Path) -> None:
    log_unexpected(tmp_path, fail_with("sk-secret my prompt"))
    text = log_path(tmp_path).read_text()
    assert "KeyError" in text
    assert "JSONDecodeError" in text
    assert "_fail" in text
    assert "sk-secret" not in text
    assert "my prompt" not in text


def test_a_system_error_keeps_its_reason(tmp_path: Path) -> None:
    try:
        (tmp_path / "nowhere" / "file").read_text()
    except OSError as error:
        log_unexpected(tmp_path, error)
    assert "No such file or directory" in log_path(tmp_path).read_text()


def test_the_log_is_its_owners_alone(tmp_path: Path) -> None:
    log_unexpected(tmp_path / "state", fail_with("x"))
    assert stat.S_IMODE(log_path(tmp_path / "state").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_log_that_has_grown_is_put_aside(tmp_path: Path) -> None:
    path = log_path(tmp_path)
    path.write_bytes(b"x" * (LIMIT_BYTES + 1))
    log_unexpected(tmp_path, fail_with("x"))
    assert path.stat().st_size < LIMIT_BYTES
    assert path.with_name("chatcli.log.1").stat().st_size > LIMIT_BYTES


def test_a_log_that_cannot_be_written_disturbs_nobody(tmp_path: Path) -> None:
    (tmp_path / "chatcli.log").mkdir()
    assert log_unexpected(tmp_path, fail_with("x")) is None
    start_log(tmp_path)
    logging.getLogger("chatcli").warning("text")

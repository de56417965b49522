"""A store in a folder of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcli.storage.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's database is."""
    return tmp_path / "data" / "chatcli.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """An open store on an empty database."""
    store = SqliteStore.open(path)
    yield store
    store.close()

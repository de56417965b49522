"""One transaction: the connection it runs on, its owner, and its time."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from chatcli.core.ports import ReplyEnd
from chatcli.storage.processes import Owner

Row = tuple[Any, ...]


class Transaction(NamedTuple):
    """An open transaction. `now` (Unix seconds) is the same for all of it.

    `late` are the owner's replies, by turn, whose end is known and could not be stored yet: a
    reader sees them ended.
    """

    connection: sqlite3.Connection
    owner: Owner
    now: float
    late: Mapping[int, ReplyEnd] = MappingProxyType({})

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def value(self, sql: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, *values)
        return row[0] if row else None

    def run(self, sql: str, *values: object) -> int:
        """Execute a statement that writes; returns the id of the row inserted last."""
        return self.connection.execute(sql, values).lastrowid or 0

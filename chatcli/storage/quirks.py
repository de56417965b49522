"""What was learned about servers: an endpoint's quirks, by name."""

from __future__ import annotations

from chatcli.core.text import encodable
from chatcli.storage.transaction import Transaction


def quirks(tx: Transaction, endpoint: str) -> dict[str, str]:
    """All quirks of an endpoint."""
    sql = "SELECT quirk, value FROM quirks WHERE endpoint = ?"
    return dict(tx.rows(sql, encodable(endpoint)))


def learn(tx: Transaction, endpoint: str, quirk: str, value: str) -> None:
    """Remember a quirk; the latest value replaces the one before."""
    tx.run(
        """
        INSERT INTO quirks (endpoint, quirk, value) VALUES (?, ?, ?)
        ON CONFLICT (endpoint, quirk) DO UPDATE SET value = excluded.value
        """,
        encodable(endpoint),
        encodable(quirk),
        encodable(value),
    )


def forget(tx: Transaction, endpoint: str, quirk: str) -> None:
    """Forget a quirk; one that is not known is no error."""
    sql = "DELETE FROM quirks WHERE endpoint = ? AND quirk = ?"
    tx.run(sql, encodable(endpoint), encodable(quirk))

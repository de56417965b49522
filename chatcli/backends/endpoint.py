"""What a request went to: named in messages and hints about its answer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model of one server.

    `backend` is its name in the configuration; `secrets` (keys) are taken out of whatever
    the server says, so that a server that echoes a key does not get it onto a screen.
    """

    backend: str
    base_url: str = ""
    model: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

"""Error answers to be made an exception of."""

from __future__ import annotations

import json
from collections.abc import Mapping

from chatcli.backends.faults.endpoint import Endpoint
from chatcli.backends.faults.mapping import fault_of
from chatcli.errors import (
    BackendError,
)

KEY = "abcd-EFGH-0123-very-secret"
ENDPOINT = Endpoint("acme", "https://me:pw@api.acme.example/v1?k=v", "acme-1", (KEY,))
NOW = 1_700_000_000.0


def fault(
    status: int, body: object = b"", headers: Mapping[str, str] | None = None
) -> BackendError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fault_of(status, headers or {}, data, ENDPOINT, now=NOW)


def openai(message: str, **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": None, "param": None, "code": None, **more}}

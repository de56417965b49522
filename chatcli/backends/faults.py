"""What a server says went wrong, as the exception that stands for it."""

from __future__ import annotations

from collections.abc import Mapping

from chatcli.backends.endpoint import Endpoint
from chatcli.errors import BackendError


def fault_of(
    status: int, headers: Mapping[str, str], body: bytes, endpoint: Endpoint
) -> BackendError:
    """The exception for an answer whose HTTP status is not 2xx. Never raises.

    Its message is one safe line in the server's words, without keys; `retry_after` is in
    seconds. `headers` may have names in any case.
    """
    raise NotImplementedError


def stream_fault(error: object, endpoint: Endpoint) -> BackendError:
    """The exception for a decoded error object inside a 200 answer. Never raises."""
    raise NotImplementedError

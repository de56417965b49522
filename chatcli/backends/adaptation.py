"""Parameters and roles that a server refuses, read from its error, for one adapted resend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What to send differently; `quirk` and `value` are what the store remembers.

    | quirk | value | means |
    | --- | --- | --- |
    | `stream_options`, `temperature`, `top_p`, `presence_penalty`, `frequency_penalty` | `omit` | leave it out |
    | `max_tokens` | `max_completion_tokens` | send it under the other name |
    | `max_completion_tokens` | `max_tokens` | the same, the other way |
    | `developer_role` | `system` | send that role instead |
    | `system_role` | `user` | fold the system message into the first user message |
    | `stream` | `false` | ask for the reply in one piece |
    """

    quirk: str
    value: str


def adaptation_of(status: int, body: bytes) -> Adaptation | None:
    """The change that an error answer asks for, or None. Never raises.

    Only 400 and 422 count, and for roles 500 (chat templates fail with it).
    """
    raise NotImplementedError

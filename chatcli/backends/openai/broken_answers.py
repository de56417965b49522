"""Answers that broke off, or broke the rules of HTTP.

As in `connection_faults`, no part of an exception's text that may hold the key is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatcli.backends.answer.reply_verdict import GO_ON
from chatcli.core.text import one_line
from chatcli.errors import BackendError, BadResponseError, ReplyCutOffError

_QUOTED = re.compile(r":? ?(?:bytearray\(|b['\"])")
"""Where h11 begins to quote the answer."""


def broken_stream_fault(error: BaseException, *, begun: bool) -> BackendError:
    """The exception for an answer whose body broke off or cannot be read. Never raises.

    `begun`: part of the reply had arrived.
    """
    names = {kind.__name__ for cause in causes(error) for kind in type(cause).__mro__}
    if "DecodingError" in names and begun:
        return BadResponseError(
            "the rest of the reply is not compressed in the way the server says it is; "
            "what came is kept",
            hint=GO_ON,
        )
    if "DecodingError" in names:
        return BadResponseError(
            "the reply is not compressed in the way the server says it is",
            hint="ask again; if it stays so, look at the server, and at a proxy before it",
        )
    if rule := next(filter(None, map(_rule_broken_in_body, causes(error))), ""):
        return ReplyCutOffError(
            f"the answer breaks a rule of HTTP{rule}" + ("; what came is kept" if begun else ""),
            hint=GO_ON if begun else "look at the server, and at a proxy before it",
        )
    if not begun:
        return ReplyCutOffError(
            "the connection was lost before any text came",
            hint="ask again; if it stays so, look at the server's log",
        )
    return ReplyCutOffError(
        "the connection was lost before the reply was complete; what came is kept", hint=GO_ON
    )


def broken_rule(error: BaseException) -> str:
    """The rule of HTTP that an answer breaks, in the HTTP library's words.

    The library quotes the answer as well, which may repeat the key: that part is left out.
    """
    words = one_line(_QUOTED.split(str(error))[0], 80)
    if "buffer too long" in words:
        words = "the head of its answer is too long"
    return f": {words}" if words else ""


def _rule_broken_in_body(error: BaseException) -> str:
    """The same for a body; "" if it only ended early, or for any other error."""
    protocol = type(error).__name__ == "RemoteProtocolError"
    return broken_rule(error) if protocol and "closed" not in str(error) else ""


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The innermost exceptions first: they tell what happened."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or current in seen:
            continue
        seen.append(current)
        waiting += [current.__context__, current.__cause__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
    return reversed(seen)

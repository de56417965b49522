"""The first lines: which model answers and why, how to get help, how to leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatcli.core.text import one_line
from chatcli.errors import ChatcliError
from chatcli.ui.paint import Paint

if TYPE_CHECKING:
    from chatcli.core.model import Session
    from chatcli.manager import SessionManager

LOCAL_BACKEND = "local"


def greeting(
    manager: SessionManager, session: Session, lines: Sequence[str]
) -> list[tuple[str, str]]:
    """(text, style) pairs; `lines` come from the caller, who knows where settings are from."""
    model = one_line(session.model)
    try:
        backend = manager.choose_model(session.model).backend
    except ChatcliError as error:
        return [(error.message, "warning"), (error.hint, "dim")]
    told = [(f"chatcli · {model}", "bold")]
    told += [(line, "dim") for line in lines]
    if manager.config.backends.get(backend, None) is None and backend == LOCAL_BACKEND:
        told.append((DEMO, "dim"))
    told.append(("/help shows the commands · Ctrl-D leaves", "dim"))
    return told


DEMO = (
    "This small embedded model is a demo. For a real one set OPENAI_API_KEY, or run "
    "`chatcli config init` and name a server."
)


def draw_greeting(told: Sequence[tuple[str, str]], paint: Paint) -> str:
    """The greeting as whole lines."""
    return "".join(paint.lines(text, style) for text, style in told if text)

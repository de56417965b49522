"""The first lines: which model answers and why, how to get help, how to leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatcli.core.text import one_line
from chatcli.errors import ChatcliError
from chatcli.ui.paint import Paint

if TYPE_CHECKING:
    from chatcli.config import ModelChoice
    from chatcli.core.model import Session
    from chatcli.manager import SessionManager
    from chatcli.ui.start import Wanted

LOCAL_BACKEND = "local"
DEMO = (
    "This small embedded model is a demo. For a real one set OPENAI_API_KEY, or run "
    "`chatcli config init` and name a server."
)

Told = list[tuple[str, str]]
"""(text, style) pairs."""


def greeting(manager: SessionManager, session: Session, wanted: Wanted) -> Told:
    """Which model and from where, warnings, how to get help and how to leave."""
    model = f"chatcli · {one_line(session.model)}{_origin(manager, session, wanted)}"
    try:
        choice = manager.choose_model(session.model)
    except ChatcliError as error:
        told = [(model, "bold"), (error.message, "warning"), (error.hint, "dim")]
    else:
        demo = DEMO if _is_demo(manager, choice) else ""
        told = [(model, "bold"), (demo, "dim")]
    told += [(line, "warning") for line in wanted.greeting]
    return [*told, ("/help shows the commands · Ctrl-D leaves", "dim")]


def _origin(manager: SessionManager, session: Session, wanted: Wanted) -> str:
    """Where the model's name comes from, in brackets; empty where that is obvious."""
    if wanted.model or session.turns:
        return ""
    origin = wanted.model_origin()
    if origin and origin != "default":
        return f" ({origin})"
    return "" if manager.config.backends else " (found on this machine; nothing is configured)"


def _is_demo(manager: SessionManager, choice: ModelChoice) -> bool:
    configured = manager.config.backends.get(LOCAL_BACKEND)
    own_file = configured is not None and bool(configured.model_file)
    return choice.backend == LOCAL_BACKEND and not own_file


def draw_greeting(told: Sequence[tuple[str, str]], paint: Paint) -> str:
    """The greeting as whole lines."""
    return "".join(paint.lines(text, style) for text, style in told if text)

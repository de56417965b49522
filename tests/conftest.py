"""Settings for every test."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# How long one example takes says more about the machine than about the code; and a run that
# decides about a change tries the same examples each time: new ones are for one's own machine.
settings.register_profile("chatcli", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("chatcli")


def pytest_sessionstart() -> None:
    """Let programs under test get the signals that a background job or nohup ignores."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            handler = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
            signal.signal(number, handler)

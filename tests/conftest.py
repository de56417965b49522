"""Settings for every test."""

from __future__ import annotations

import signal

from hypothesis import settings

# how long one example takes says more about the machine than about the code
settings.register_profile("chatcli", deadline=None)
settings.load_profile("chatcli")


def pytest_sessionstart() -> None:
    """Let programs under test get the signals that a background job or nohup ignores."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            handler = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
            signal.signal(number, handler)

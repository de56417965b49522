"""Whether an unexpected error only says that the system has no more of something to give."""

from __future__ import annotations

import errno

SHORTAGE_HINT = "raise the limit (`ulimit -a`), or close other programs and try again"

_OUT_OF_FILES = {errno.EMFILE, errno.ENFILE}
_OUT_OF_MEMORY = ("malloc failure", "cannot allocate memory", "failed to map segment")
"""How OpenSSL, the system and the loader of shared libraries put it."""


def shortage_of(error: BaseException) -> str:
    """What is short, as a sentence; empty if the error is about something else."""
    number, words = getattr(error, "errno", None), str(error).lower()
    if number in _OUT_OF_FILES:
        what = "file can be opened"
    elif isinstance(error, RuntimeError) and "can't start new thread" in words:
        what = "thread can be started"
    elif isinstance(error, MemoryError) or any(sign in words for sign in _OUT_OF_MEMORY):
        what = "memory is left"
    else:
        return ""
    return f"no more {what} for chatcli on this system"

"""A system that has no more to give is told apart from a bug."""

from __future__ import annotations

import errno
import ssl

import pytest

from chatcli.core.shortage import shortage_of


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), "memory"),
        (RuntimeError("can't start new thread"), "thread"),
        (ssl.SSLError("[CRYPTO] malloc failure (_ssl.c:3098)"), "memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory"),
        (ImportError("x.so: failed to map segment from shared object"), "memory"),
        (OSError(errno.EMFILE, "Too many open files"), "file"),
    ],
)
def test_what_is_short_is_said(error: Exception, short: str) -> None:
    assert f"no more {short} " in shortage_of(error)


@pytest.mark.parametrize("error", [RuntimeError("no running event loop"), OSError(5, "I/O error")])
def test_anything_else_is_no_shortage(error: Exception) -> None:
    assert not shortage_of(error)

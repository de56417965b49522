"""Whose certificates are trusted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from chatcli.errors import BackendSetupError

if TYPE_CHECKING:
    import ssl


def trusted(ca_file: str, backend: str) -> ssl.SSLContext | bool:
    """What to verify a server's certificate with; True: with the system's certificates.

    The order: the backend's `ca_file`, SSL_CERT_FILE and SSL_CERT_DIR, the system's.

    Raises BackendSetupError: a file is missing or no certificate; the message names the setting.
    """
    if ca_file:
        return _context(f"ca_file of backend '{backend}'", cafile=os.path.expanduser(ca_file))  # noqa: PTH111
    if os.environ.get("SSL_CERT_FILE"):
        return _context("SSL_CERT_FILE", cafile=os.environ["SSL_CERT_FILE"])
    if os.environ.get("SSL_CERT_DIR"):
        return _context("SSL_CERT_DIR", capath=os.environ["SSL_CERT_DIR"])
    return True


def _context(
    source: str, *, cafile: str | None = None, capath: str | None = None
) -> ssl.SSLContext:
    import ssl

    path = cafile or capath or ""
    if not os.path.exists(path):  # noqa: PTH110
        raise BackendSetupError(
            f"{source} names {path}, which does not exist", hint=f"correct {source}, or unset it"
        )
    try:
        return ssl.create_default_context(cafile=cafile, capath=capath)
    except (OSError, ssl.SSLError):
        raise BackendSetupError(
            f"{source} names {path}, which holds no certificates",
            hint="it must be a file of certificates in PEM form",
        ) from None

"""What a request went to: named in messages and hints about its answer."""

from __future__ import annotations

from dataclasses import dataclass, field

CHECK_ADDRESS = (
    "check base_url in [backends.{backend}] (now {address}); it usually ends in /v1, "
    "without /chat/completions"
)
"""The hint for an answer that is not a chat API's; see `Endpoint.filled`."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model of one server.

    `backend` is its name in the configuration; `secrets` (keys) are taken out of whatever
    the server says, so that a server that echoes a key does not get it onto a screen.
    """

    backend: str
    base_url: str = ""
    model: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def server(self) -> str:
        """The backend's name, to begin a sentence with."""
        return self.safe(self.backend, 80) or "the server"

    def filled(self, sentence: str) -> str:
        """A sentence with its `{server}`, `{backend}`, `{model}` and `{address}` filled in."""
        return sentence.format(
            server=self.server,
            backend=self.safe(self.backend, 80),
            model=self.safe(self.model, 120) or "the model",
            address=self.address or "not set",
        )

    @property
    def address(self) -> str:
        """The base URL as it may be shown: without user, password and query."""
        return self.safe(shown_url(self.base_url), limit=200)

    def safe(self, text: str, limit: int = 500) -> str:
        """The server's words as one safe line without keys, at most `limit` characters."""
        from chatcli.core.redaction import safe_line  # its patterns take time to compile

        return safe_line(text, self.secrets, limit)


def shown_url(url: str) -> str:
    """`url` without what may be secret in it: user, password, query, fragment."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    rest = rest.partition("?")[0].partition("#")[0]
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"

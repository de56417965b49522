"""What is known about one server: read once, extended by its answers, kept in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from chatcli.backends.openai.quirks import (
    Body,
    Quirks,
    adapted,
    quirks_of,
    stored_name,
    unopened_reasoning,
)
from chatcli.errors import ChatcliError

if TYPE_CHECKING:
    from chatcli.backends.faults.adaptation import Adaptation


class ServerMemory:
    """The quirks of one server.

    A quirk that cannot be stored holds for the life of this object: a reply is worth more than
    a note about its server.

    Args:
        quirks: the store; called in a thread.
    """

    def __init__(self, quirks: Quirks) -> None:
        self._quirks = quirks
        self._url = ""
        self._known: dict[str, str] = {}

    def load(self, url: str) -> None:
        """Read what is stored about the server at `url`. Blocking; raises what the store raises."""
        self._known = dict(self._quirks.known(url))
        self._url = url

    def adapt(self, body: Body, model: str) -> Body:
        """The body of a request for `model` as the server is known to want it."""
        for quirk, value in quirks_of(model, self._known):
            body = adapted(body, quirk, value)
        return body

    async def learn(self, adaptation: Adaptation, model: str) -> None:
        """Remember what had to be sent differently for `model`."""
        name = stored_name(adaptation.quirk, model)
        self._known[name] = adaptation.value
        with suppress(ChatcliError):
            await asyncio.to_thread(self._quirks.learn, self._url, name, adaptation.value)

    def leaves_reasoning_unopened(self, model: str, options: Mapping[str, object]) -> bool:
        """Whether replies of `model`, asked with `options`, close reasoning they never opened."""
        return unopened_reasoning(model, options) in self._known

    async def note_reasoning(
        self, model: str, options: Mapping[str, object], *, unopened: bool | None
    ) -> None:
        """Remember that a reply closed reasoning it never opened; forget it after one that did not.

        It decides only how the next reply is shown while it streams: as reasoning, until it
        proves to be the answer. So where thinking is switched off by something that no option
        shows (a word in a prompt), one reply appears at its end instead of as it comes.
        Nothing that is stored depends on it, whatever stops a reply.

        `unopened` None: this reply does not show which.
        """
        name = unopened_reasoning(model, options)
        if unopened is None or unopened is (name in self._known):
            return
        with suppress(ChatcliError):
            if unopened:
                self._known[name] = "yes"
                await asyncio.to_thread(self._quirks.learn, self._url, name, "yes")
            else:
                del self._known[name]
                await asyncio.to_thread(self._quirks.forget, self._url, name)

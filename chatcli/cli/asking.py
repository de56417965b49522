"""The two ways to ask for a reply: with a new message, or again in a session as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from chatcli.cli.destination import Destination
from chatcli.cli.message import compose
from chatcli.cli.values import seconds
from chatcli.errors import UsageError

if TYPE_CHECKING:
    from chatcli.core.model import Session
    from chatcli.manager import PendingReply, SessionManager
    from chatcli.output.reply_notes import Notes


class Question(Protocol):
    """Something that gets a reply."""

    def prepare(self, manager: SessionManager, notes: Notes) -> Session:
        """Read what there is to read and open the session; raises ChatcliError."""
        ...

    def hand_in(self, manager: SessionManager, session: Session) -> PendingReply:
        """Give it to the manager, on the running event loop; raises ChatcliError."""
        ...


@dataclass(slots=True)
class NewMessage:
    """`send`: a message for a session."""

    words: Sequence[str]
    no_stdin: bool
    destination: Destination
    settings: dict[str, Any]
    quiet: bool = False
    _text: str = field(init=False, default="")

    def prepare(self, manager: SessionManager, notes: Notes) -> Session:
        """Read the message before a session is made for it."""
        self._text = compose(self.words, no_stdin=self.no_stdin, quiet=self.quiet)
        return self.destination.open(manager, notes.say)

    def hand_in(self, manager: SessionManager, session: Session) -> PendingReply:
        """Queue the message."""
        return manager.submit(session, self._text, **self.settings)


class AnotherReply(NamedTuple):
    """`retry`, or with `go_on` `continue`: no new message."""

    reference: str
    settings: dict[str, Any]
    go_on: bool = False

    def prepare(self, manager: SessionManager, notes: Notes) -> Session:  # noqa: ARG002
        """Find the session."""
        return manager.get_session(self.reference)

    def hand_in(self, manager: SessionManager, session: Session) -> PendingReply:
        """Ask for the reply."""
        ask = manager.continue_reply if self.go_on else manager.retry
        return ask(session, **self.settings)


def message_settings(
    model: str,
    options: Sequence[str] | None,
    timeout: str | None,
    wait: str | None,
    *,
    no_wait: bool,
) -> dict[str, Any]:
    """The flags of one message as the manager takes them; raises UsageError."""
    limit, patience = seconds("--timeout", timeout, zero=False), seconds("--wait", wait)
    if no_wait and patience:
        raise UsageError("--wait and --no-wait cannot be combined")
    return {
        "model": model or None,
        "options": _parameters(options) if options else {},
        "timeout": limit,
        "wait": 0.0 if no_wait else patience,
    }


def _parameters(pairs: Sequence[str]) -> dict[str, object]:
    from chatcli.commands.arguments import parameter_pair

    return dict(map(parameter_pair, pairs))

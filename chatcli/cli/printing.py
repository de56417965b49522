"""How a reply is printed, as the flags say."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from chatcli.config.model import Repl
    from chatcli.core.model import Session
    from chatcli.errors import ChatcliError
    from chatcli.output.json_reply import JsonReply
    from chatcli.output.reply import ReplyOutput
    from chatcli.output.reply_notes import Notes
    from chatcli.output.writer import BackgroundWriter


class Printing(NamedTuple):
    """At most one of `json` (one object) and `json_lines` (one for each event)."""

    json: bool = False
    json_lines: bool = False
    raw: bool = False
    stream: bool = True
    quiet: bool = False

    def output(self, writer: BackgroundWriter, look: Repl, notes: Notes) -> ReplyOutput:
        """The printer of the reply on standard output; `look` says how Markdown is drawn."""

        def tell(text: str) -> None:
            writer.then(lambda: notes.say(text))

        from chatcli.output.reply import TextReply
        from chatcli.output.streams import draws, is_terminal

        as_json = self._json_output(writer)
        if as_json is not None:
            return as_json
        if draws(sys.stdout) and not self.raw:
            from chatcli.output.rendered import RenderedReply

            return RenderedReply(
                writer, look.theme, links=look.links, stream=self.stream, tell=tell
            )
        terminal = is_terminal(sys.stdout)
        return TextReply(writer, stream=self.stream, terminal=terminal, tell=tell)

    def refuse(
        self, writer: BackgroundWriter, error: ChatcliError, session: Session | None
    ) -> None:
        """Report that no reply could begin, if JSON was asked for."""
        output = self._json_output(writer)
        if output is not None:
            output.refuse(error, session)

    def _json_output(self, writer: BackgroundWriter) -> JsonReply | None:
        if not self.json and not self.json_lines:
            return None
        from chatcli.output.json_reply import JsonLinesReply, JsonReply

        return JsonReply(writer) if self.json else JsonLinesReply(writer)

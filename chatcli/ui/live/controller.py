"""Connects keys and the interface's rows to the parts of the chat."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from chatcli.ui.commands.handover import Handover
from chatcli.ui.commands.leaving import Leaving
from chatcli.ui.commands.switching import Switcher
from chatcli.ui.live.lines import Lines
from chatcli.ui.state.chat import Chat
from chatcli.ui.state.status import status_line
from chatcli.ui.unsent.drafts import Drafts

if TYPE_CHECKING:
    from chatcli.markdown.fragments import Fragments
    from chatcli.ui.prompt.toolbar import Tab

HOW_TO_LEAVE = "Ctrl-C again or Ctrl-D leaves"


class ChatController:
    """Acts on keys, and fills the interface's rows."""

    def __init__(
        self,
        chat: Chat,
        *,
        drafts: Drafts,
        lines: Lines,
        switcher: Switcher,
        handover: Handover,
        leaving: Leaving,
    ) -> None:
        self._chat = chat
        self._drafts = drafts
        self._lines = lines
        self._switcher = switcher
        self._handover = handover
        self._leaving = leaving
        self._hint = ""
        """The hint that the last key caused; the next key clears it."""
        self._about_to_leave = False

    def before_key(self) -> None:
        """Any key: a Ctrl-C before it counts only for this one."""
        self._about_to_leave, self._hint = self._hint == HOW_TO_LEAVE, ""

    # --- the input ------------------------------------------------------------

    def accept(self) -> None:
        """Send what is in the input, or run it."""
        buffer = self._chat.buffer
        text = self._chat.folds.expand(buffer.text)
        if text.strip():
            buffer.reset(append_to_history=True)
            self._lines.add(text)
        else:
            buffer.reset()
        self._drafts.changed()

    def take_back(self) -> bool:
        """Put the last queued message back into the input; False if there is none."""
        view = self._chat.views.current
        if view is None or not self._chat.manager.queued(view.session.id):
            return False
        text = self._chat.manager.take_back(view.session)
        if text:
            self._chat.buffer.document = Document(self._chat.folds.restored(text))
            self._chat.app.invalidate()
        return bool(text)

    def edit(self) -> None:
        """Open the input in the user's editor."""
        self._chat.spawn(self._handover.edit())

    # --- the way out ----------------------------------------------------------

    def interrupt(self) -> None:
        """Clear the draft; else stop what is shown or written; else say how to leave; leave."""
        buffer = self._chat.buffer
        view = self._chat.views.current
        if not self._chat.app.can_print:  # it was meant for the editor
            return
        if buffer.text:
            buffer.reset(append_to_history=True)
            self._drafts.changed()
        elif view is not None and view.stop_showing():
            self._chat.pump.notice("the rest is not shown")
        elif view is not None and self._chat.is_busy(view):
            self._chat.manager.stop(view.session)
        elif self._about_to_leave:
            self.leave()
        else:
            self._hint = HOW_TO_LEAVE

    def leave(self) -> None:
        """Ctrl-D on an empty line."""
        self._lines.then(self._leaving.leave)

    def suspend(self) -> None:
        """Ctrl-Z."""
        self._chat.spawn(self._handover.suspend())

    @property
    def asking(self) -> bool:
        """Whether a question stands."""
        return self._leaving.asking

    def answer(self, key: str) -> None:
        """Answer it."""
        self._leaving.answer(key)

    # --- rows -----------------------------------------------------------------

    def live(self) -> list[Fragments]:
        """The unfinished end of the reply in view."""
        return self._chat.pump.live

    def status(self) -> StyleAndTextTuples:
        """A question or a hint, else what the session in view is doing."""
        chat = self._chat
        view = chat.views.current
        said = self._leaving.question() if self._leaving.asking else self._hint
        if said or view is None:
            return [("class:question", said)] if said else []
        queued = chat.manager.queued(view.session.id)
        waiting = chat.manager.activity(view.session.id) == "waiting"
        return status_line(view, waiting=waiting, queued=queued, now=time.monotonic())

    def tabs(self) -> tuple[list[Tab], bool]:
        """The sessions, and whether these are all of them."""
        return self._chat.views.tabs()

    # --- sessions -------------------------------------------------------------

    def switch_to_number(self, number: int) -> None:
        """Alt-1 to Alt-9."""
        self._lines.then(partial(self._switch_to_number, number))

    def _switch_to_number(self, number: int) -> None:
        if not self._switcher.to_number(number):
            self._say(f"no session has the number {number}")

    def switch_to_unread(self) -> None:
        """Alt-N."""
        self._lines.then(self._switch_to_unread)

    def _switch_to_unread(self) -> None:
        if not self._switcher.to_unread():
            self._say("nothing is unread in another session")

    def _say(self, hint: str) -> None:
        """Until the next key."""
        self._hint = hint
        self._chat.app.invalidate()

"""Unsent text is kept with its session: through switches, Ctrl-C and crashes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from chatcli.errors import ChatcliError
from chatcli.ui.printing.view import Draft, SessionView
from chatcli.ui.state.chat import Chat
from chatcli.ui.state.outbox import BETWEEN
from chatcli.ui.unsent.file import UnsentFile

PAUSE_SECONDS = 0.5
"""Seconds by which the stored text may lag behind the input."""


class Drafts:
    """Stores the input's text, off the event loop.

    The database keeps the drafts of the sessions in it. A file keeps those of the others, and
    the messages that wait to be sent, for a process that is killed.

    Args:
        chat: whose input and sessions.
        unsent: that file.
    """

    def __init__(self, chat: Chat, unsent: UnsentFile) -> None:
        self._chat = chat
        self._unsent = unsent
        self._timer: asyncio.TimerHandle | None = None
        self._stored: dict[str, str] = {}
        self._unsent_texts: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        """By the session's name: drafts that could not be stored in the database."""
        self._one_after_the_other = asyncio.Lock()
        chat.buffer.on_text_changed += lambda _: self.changed()

    def loading(self, view: SessionView) -> None:
        """Note that the view's draft is about to be shown in the input."""
        self._stored.setdefault(view.session.id, self._text_of(view))

    def changed(self) -> None:
        """Note that the input has changed; it is stored soon."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(PAUSE_SECONDS, self.save)

    def save(self) -> None:
        """Store the input, and what waits to be sent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        view = self._chat.views.current
        if view is not None:
            view.draft = Draft(self._chat.buffer.text, self._chat.buffer.cursor_position)
            self.save_now(view)

    def save_now(self, view: SessionView) -> None:
        """Store the view's draft if it is another than the stored one."""
        text = self._text_of(view)
        if text != self._stored.get(view.session.id, ""):
            self._stored[view.session.id] = text
            self._chat.spawn(self._save(view, text))
        texts = self._texts_to_lose()
        if texts != self._unsent_texts:
            self._unsent_texts = texts
            self._chat.spawn(self._keep(texts))

    def _text_of(self, view: SessionView) -> str:
        return self._chat.folds.expand(view.draft.text)

    async def _save(self, view: SessionView, text: str) -> None:
        async with self._one_after_the_other:
            self._refused[view.session.name] = text
            with contextlib.suppress(ChatcliError):
                await asyncio.to_thread(self._chat.manager.save_draft, view.session, text)
                del self._refused[view.session.name]

    # --- what a crash would take along ----------------------------------------

    def _texts_to_lose(self) -> dict[str, str]:
        """By the session's name: messages that wait, drafts of what is not stored yet."""
        waiting = self._chat.outbox.waiting()
        texts: dict[str, str] = {}
        for view in self._chat.views:
            draft = "" if self._chat.manager.is_stored(view.session) else self._text_of(view)
            text = BETWEEN.join(filter(str.strip, [waiting.get(view, ""), draft]))
            if text:  # several may have no name yet
                name = view.session.name
                texts[name] = BETWEEN.join(filter(None, [texts.get(name), text]))
        return texts

    async def _keep(self, texts: Mapping[str, str]) -> None:
        async with self._one_after_the_other:
            await asyncio.to_thread(self._unsent.keep, texts)

    # --- the end --------------------------------------------------------------

    async def keep_at_end(self) -> None:
        """At the chat's end, store the input's text and the messages that were not sent.

        A session that was never stored cannot keep a draft; the prompt history does.
        """
        waiting = self._chat.outbox.take_back()
        self.save()
        for view in {*waiting, *filter(None, [self._chat.views.current])}:
            text = BETWEEN.join(filter(str.strip, [waiting.get(view, ""), self._text_of(view)]))
            if text and not self._chat.manager.is_stored(view.session):
                self._chat.interface.history.store_string(text)
            elif view in waiting:
                await self._save(view, text)

    def close(self) -> None:
        """Note that everything is stored where it belongs, or in the file for the next chat."""
        if any(map(str.strip, self._refused.values())):
            self._unsent.keep(self._refused)
        else:
            self._unsent.close()

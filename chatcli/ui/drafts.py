"""Unsent text is kept with its session: through switches, Ctrl-C and crashes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatcli.errors import ChatcliError
from chatcli.ui.chat import Chat
from chatcli.ui.unsent import Unsent, UnsentFile
from chatcli.ui.view import Draft, SessionView

PAUSE_SECONDS = 0.5
"""How far what is stored may be behind what is typed."""


class Drafts:
    """Stores what stands in the input, away from the event loop.

    Args:
        chat: whose input and sessions.
        folder: for drafts of sessions that are not stored yet.
    """

    def __init__(self, chat: Chat, folder: Path) -> None:
        self._chat = chat
        self._unsent = UnsentFile(folder)
        self._timer: asyncio.TimerHandle | None = None
        self._stored: dict[str, str] = {}
        self._one_after_the_other = asyncio.Lock()
        chat.buffer.on_text_changed += lambda _: self.changed()

    def loading(self, view: SessionView) -> None:
        """The view's draft is about to stand in the input."""
        self._stored.setdefault(view.session.id, self._chat.folds.expand(view.draft.text))

    def changed(self) -> None:
        """The input is another; it is stored soon."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(PAUSE_SECONDS, self._save_current)

    def _save_current(self) -> None:
        self._timer = None
        view = self._chat.views.current
        if view is not None:
            view.draft = Draft(self._chat.buffer.text, self._chat.buffer.cursor_position)
            self.save_now(view)

    def save_now(self, view: SessionView) -> None:
        """Store the view's draft if it is another than the stored one."""
        text = self._chat.folds.expand(view.draft.text)
        if text != self._stored.get(view.session.id, ""):
            self._stored[view.session.id] = text
            self._chat.spawn(self._save(view, text))

    async def _save(self, view: SessionView, text: str) -> None:
        async with self._one_after_the_other:
            with contextlib.suppress(ChatcliError):
                await asyncio.to_thread(self._chat.manager.save_draft, view.session, text)
            unstored = "" if view.session.turns else text
            await asyncio.to_thread(self._unsent.keep, view.session.name, unstored)

    # --- the start and the end ------------------------------------------------

    def take_over(self, leftovers: Sequence[Unsent], view: SessionView) -> None:
        """What a crash left: the view's draft where it belongs there, else history."""
        for name, text in leftovers:
            if name and name == view.session.name and not view.draft.text:
                view.draft = Draft(self._chat.folds.fold(text), len(text))
            else:
                self._chat.interface.history.append_string(self._chat.folds.fold(text))

    async def keep_at_end(self, unsent: Mapping[SessionView, str]) -> None:
        """The chat ends: store what stands in the input, and messages that were not sent.

        A session that was never stored cannot keep a draft; the prompt history does.
        """
        if self._timer is not None:
            self._timer.cancel()
        self._save_current()
        for view in {*unsent, *filter(None, [self._chat.views.current])}:
            texts = [unsent.get(view, ""), self._chat.folds.expand(view.draft.text)]
            text = "\n\n".join(filter(str.strip, texts))
            if text and not view.session.turns:
                self._chat.interface.history.store_string(text)
            elif view in unsent:
                await self._save(view, text)

    def close(self) -> None:
        """Everything is kept where it belongs."""
        self._unsent.close()

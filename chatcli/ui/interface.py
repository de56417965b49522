"""The application: what its rows show, where its cursor is, which keys it knows."""

from __future__ import annotations

import time

from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import create_input
from prompt_toolkit.input.base import Input

from chatcli.ui.actions import KeyActions
from chatcli.ui.chat import Chat
from chatcli.ui.keys import build_keys
from chatcli.ui.layout import Rows, build_layout
from chatcli.ui.leaving import Leaving
from chatcli.ui.look import STYLE, colour_depth
from chatcli.ui.paste import PasteParser
from chatcli.ui.rendering import rendering_for
from chatcli.ui.screen import ChatApplication, terminal_output
from chatcli.ui.status import shortened, status_line
from chatcli.ui.toolbar import toolbar

TYPING_SECONDS = 2.0
"""So long after a key the terminal's own cursor stays in the input."""
ESCAPE_SECONDS = 0.05
"""After Esc, a key that comes so soon belongs to it."""


class Interface:
    """Draws the chat's state; decides nothing."""

    def __init__(self, chat: Chat, actions: KeyActions, leaving: Leaving) -> None:
        self._chat = chat
        self._actions = actions
        self._leaving = leaving
        self._last_key = 0.0

    def build(self) -> ChatApplication:
        """The application, ready to run."""
        chat = self._chat
        output = terminal_output()
        colours = rendering_for(chat.config.repl, output.get_size().columns).paint.colours
        app = ChatApplication(
            parked=self._parked,
            layout=build_layout(chat.buffer, chat.folds, self._rows()),
            key_bindings=build_keys(chat.buffer, chat.folds, self._actions),
            style=STYLE,
            include_default_pygments_style=False,
            color_depth=colour_depth(colours=colours),
            editing_mode=EditingMode.VI if chat.config.repl.vi_mode else EditingMode.EMACS,
            input=_input(),
            output=output,
        )
        app.ttimeoutlen = ESCAPE_SECONDS
        if chat.config.repl.vi_mode:
            app.timeoutlen = 2 * ESCAPE_SECONDS  # Esc alone is frequent there
        app.key_processor.before_key_press += lambda _: self._on_key()
        return app

    def live_rows(self) -> int:
        """How many rows the unfinished end of a reply may take now."""
        rows = self._chat.app.output.get_size().rows
        return max(min(self._chat.config.repl.live_rows, rows // 3), 1)

    # --- rows -----------------------------------------------------------------

    def _rows(self) -> Rows:
        return Rows(
            live=lambda: self._chat.pump.live[-self.live_rows() :],
            status=self._status,
            toolbar=lambda: toolbar(self._chat.views.tabs(), self._width()),
            cursor_drawn=self._parked,
        )

    def _width(self) -> int:
        return self._chat.app.output.get_size().columns

    def _status(self) -> StyleAndTextTuples:
        return shortened(self._long_status(), self._width())

    def _long_status(self) -> StyleAndTextTuples:
        chat = self._chat
        view = chat.views.current
        if self._leaving.asking:
            return [("class:question", self._leaving.question())]
        if self._actions.hint:
            return [("class:question", self._actions.hint)]
        if view is None:
            return []
        queued = chat.manager.queued(view.session.id)
        waiting = chat.manager.activity(view.session.id) == "waiting"
        return status_line(view, waiting=waiting, queued=queued, now=time.monotonic())

    # --- the cursor -----------------------------------------------------------

    def _on_key(self) -> None:
        self._last_key = time.monotonic()
        self._actions.before_key()

    def _parked(self) -> bool:
        """While a reply streams and nobody types, see ChatApplication."""
        recently = time.monotonic() - self._last_key < TYPING_SECONDS
        typing = recently and bool(self._chat.buffer.text)
        return bool(self._chat.pump.live) and not typing


def _input() -> Input:
    given = create_input()
    parser = getattr(given, "vt100_parser", None)
    if parser is not None:
        given.vt100_parser = PasteParser(parser.feed_key_callback)  # type: ignore[attr-defined]
    return given

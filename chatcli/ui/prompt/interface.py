"""The rows below the scrollback: there before anything else is loaded, alive until the end."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import is_searching
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from chatcli.config.model import Repl
from chatcli.markdown.theme import Theme
from chatcli.ui.early import PROMPT
from chatcli.ui.prompt.history import PromptHistory
from chatcli.ui.prompt.input_buffer import InputBuffer
from chatcli.ui.prompt.keys import Actions, build_keys
from chatcli.ui.prompt.layout import ROWS_FOR_A_GAP, build_layout
from chatcli.ui.prompt.look import STYLE, colour_depth
from chatcli.ui.prompt.paste import Folds
from chatcli.ui.prompt.screen import ChatApplication, terminal_output
from chatcli.ui.prompt.terminal_input import terminal_input
from chatcli.ui.prompt.toolbar import Tab, shortened, toolbar

if TYPE_CHECKING:
    from chatcli.markdown.fragments import Fragments

QUESTION = "class:question"
COMPOSING_SECONDS = 2.0
"""Seconds after a key during which an input method may be using the terminal's own cursor."""
ESCAPE_SECONDS = 0.05
"""Seconds after Esc within which a key belongs to it."""


class Controller(Actions, Protocol):
    """Acts on keys and determines what the rows show."""

    def live(self) -> list[Fragments]:
        """The unfinished end of the reply."""
        ...

    def status(self) -> StyleAndTextTuples:
        """What the session in view is doing, in one line of any length."""
        ...

    def tabs(self) -> tuple[list[Tab], bool]:
        """The sessions, and whether these are all of them."""
        ...


class Interface:
    """The prompt and the rows around it.

    Args:
        settings: `[repl]` of the configuration.
        history: the prompt history's file.

    `controller` acts on keys and fills the rows; it is set before the application runs.
    """

    def __init__(self, settings: Repl, history: Path) -> None:
        self.settings = settings
        self.folds = Folds()
        self.history = PromptHistory(history, self.folds.restored, self.folds.expand)
        self.buffer = InputBuffer(self.history, self.folds)
        self.controller: Controller
        self._last_key = 0.0
        self.app = self._application()

    def _application(self) -> ChatApplication:
        vi = self.settings.vi_mode
        colours = not Theme.detect(os.environ, self.settings.theme).plain
        app = ChatApplication(
            parked=self._parked,
            layout=build_layout(self.buffer, self.folds, self, self._parked),
            key_bindings=build_keys(self.buffer, self.folds, lambda: self.controller),
            style=STYLE,
            include_default_pygments_style=False,
            color_depth=colour_depth(colours=colours),
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
            cursor=ModalCursorShapeConfig() if vi else None,  # the only sign of vi's modes
            input=terminal_input(),
            output=terminal_output(),
        )
        app.ttimeoutlen = ESCAPE_SECONDS
        if vi:
            app.timeoutlen = 2 * ESCAPE_SECONDS  # Esc alone is frequent there
        app.key_processor.before_key_press += lambda _: self._on_key()
        return app

    def end(self, code: int) -> None:
        """End the application with an exit code; a second request changes nothing."""
        if self.app.is_running and not self.app.is_done:
            self.app.exit(result=code)

    # --- rows -----------------------------------------------------------------

    @property
    def live_rows(self) -> int:
        """How many rows the unfinished end of a reply may take now."""
        return max(min(self.settings.live_rows, self.app.output.get_size().rows // 3), 1)

    def live(self) -> list[Fragments]:
        """The unfinished end of the reply, as much as there is room for."""
        return self.controller.live()[-self.live_rows :]

    def status(self) -> StyleAndTextTuples:
        """The status, cut to the window; a question is shown whole, or at least its answers."""
        rows, columns = self.app.output.get_size()
        fragments = self.controller.status()
        if fragments and fragments[0][0] == QUESTION:
            from chatcli.ui.paint import wrap

            text = "".join(fragment[1] for fragment in fragments)
            beside = self.live_rows + (3 if rows >= ROWS_FOR_A_GAP else 2)
            room = max(min(rows // 2, rows - beside), 1)
            lines = wrap(text, max(columns - 1, 1))[-room:]
            return [(QUESTION, "\n".join(lines))]
        return shortened(fragments, columns)

    def toolbar(self) -> StyleAndTextTuples:
        """The sessions, as many as fit."""
        tabs, all_ = self.controller.tabs()
        return toolbar(tabs, self.app.output.get_size().columns, more=not all_)

    # --- the cursor -----------------------------------------------------------

    def _on_key(self) -> None:
        self._last_key = time.monotonic()
        self.controller.before_key()

    def _parked(self) -> bool:
        """While there are rows above the input's cursor, see ChatApplication.

        Not while wide characters are typed: an input method shows what it composes where the
        terminal's own cursor is.
        """
        above = bool(self.controller.live()) or self._in_a_lower_row()
        return above and not self._composing() and not is_searching()

    def _in_a_lower_row(self) -> bool:
        before = self.buffer.document.text_before_cursor
        room = self.app.output.get_size().columns - len(PROMPT)
        return "\n" in before or len(before) >= room or get_cwidth(before) >= room

    def _composing(self) -> bool:
        text = self.buffer.text
        recently = time.monotonic() - self._last_key < COMPOSING_SECONDS
        return recently and not text.isascii() and any(get_cwidth(c) > 1 for c in text)

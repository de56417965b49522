"""The text in the input, and going back from it into the prompt history."""

from __future__ import annotations

import asyncio

from prompt_toolkit.application import get_app, get_app_or_none
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from chatcli.ui.early import PROMPT
from chatcli.ui.prompt.history import PromptHistory
from chatcli.ui.prompt.paste import Folds
from chatcli.ui.prompt.wrapped_rows import lines_around, moved, places


class InputBuffer(Buffer):
    """A buffer of several lines that can go back in its history at any moment.

    Whenever it is emptied, the history is loaded again in the background; a key that needs it may
    come in the same moment.
    """

    def __init__(self, history: PromptHistory, folds: Folds) -> None:
        self._prompts = history
        self._folds = folds
        super().__init__(multiline=True, history=history)

    def reset(self, document: Document | None = None, append_to_history: bool = False) -> None:  # noqa: FBT001, FBT002 - prompt_toolkit's
        """Take another text; with the keys of vi, one types into it at once.

        What was being written when an earlier prompt was brought back in its place is kept in
        the history: an Up too many is no reason to lose it.
        """
        if self._in_the_history and (left := self._working_lines[-1]).strip():
            self._prompts.append_string(left)
        super().reset(document, append_to_history)
        app = get_app_or_none()  # none is there yet when the first text is set
        if app is not None:
            app.vi_state.reset()

    @property
    def _in_the_history(self) -> bool:
        lines = getattr(self, "_working_lines", ())  # none before the first reset
        return bool(lines) and self.working_index < len(lines) - 1

    # --- up and down ----------------------------------------------------------

    def auto_up(self, count: int = 1, go_to_start_of_line_if_history_changes: bool = False) -> None:  # noqa: FBT001, FBT002 - prompt_toolkit's
        """To the row above, also within a wrapped line; from the first, into the history."""
        if not self._to_row(-count):
            super().auto_up(count, go_to_start_of_line_if_history_changes)

    def auto_down(
        self,
        count: int = 1,
        go_to_start_of_line_if_history_changes: bool = False,  # noqa: FBT001, FBT002 - prompt_toolkit's
    ) -> None:
        """To the row below; from the last one, forward in the history."""
        if not self._to_row(count):
            super().auto_down(count, go_to_start_of_line_if_history_changes)

    def _to_row(self, rows: int) -> bool:
        """Move by so many rows of the screen; False where something else is to be done.

        A text that was brought back is passed in one step, unless the cursor is moved in it.
        """
        at_end = self.cursor_position == len(self.text)
        if self.complete_state or (self._in_the_history and at_end):
            return False
        width = get_app().output.get_size().columns - len(PROMPT)
        near = lines_around(self.text, self.cursor_position, rows)
        found = places(self.text[near], max(width, 1), self._shown)
        here = self.cursor_position - near.start
        column = self.preferred_column
        if column is None:
            column = found[here].column
        index = moved(found, here, rows, column)
        if index is not None:
            self.cursor_position = near.start + index
            self.preferred_column = column
        return index is not None

    def _shown(self, character: str) -> str:
        return self._folds.label(character) or character

    # --- the history ----------------------------------------------------------

    def recall(self) -> None:
        """Bring back the last text; once the file is read, if nothing is typed until then."""
        self.load_history_if_not_yet_loaded()
        loading = self._load_history_task
        if loading is None or loading.done():
            self.auto_up()
        elif self._prompts.is_read:
            loading.cancel()  # not begun: it runs in one go
            self._working_lines.extendleft(reversed(self._prompts.get_strings()))
            self.working_index = len(self._working_lines) - 1
            self.auto_up()
        else:
            loading.add_done_callback(self._recall_again)

    def _recall_again(self, loading: asyncio.Future[None]) -> None:
        if not self.text and not loading.cancelled():
            self.auto_up()
        elif not self.text and not get_app().is_done:  # emptied again meanwhile
            self.recall()

"""The text in the input, and the way back from there into the prompt history."""

from __future__ import annotations

import asyncio

from prompt_toolkit.application import get_app, get_app_or_none
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from chatcli.ui.prompt.history import PromptHistory


class InputBuffer(Buffer):
    """A buffer of several lines that can go back in its history at any moment.

    Whenever it is emptied the history is laid out anew, in the background; a key that asks for
    it may come in the same moment.
    """

    def __init__(self, history: PromptHistory) -> None:
        super().__init__(multiline=True, history=history)
        self._prompts = history

    def reset(self, document: Document | None = None, append_to_history: bool = False) -> None:  # noqa: FBT001, FBT002 - prompt_toolkit's
        """Take another text; with the keys of vi, one types into it at once."""
        super().reset(document, append_to_history)
        app = get_app_or_none()  # none is there yet when the first text is set
        if app is not None:
            app.vi_state.reset()

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

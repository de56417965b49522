"""The prompt's controller while the rest of the chat is being loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.formatted_text import StyleAndTextTuples

if TYPE_CHECKING:
    from chatcli.markdown.fragments import Fragments
    from chatcli.ui.prompt.interface import Interface
    from chatcli.ui.prompt.toolbar import Tab


class StartingController:
    """Keeps what is entered; leaving works at once, everything else has to wait."""

    asking = False

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self.entered: list[str] = []
        """The lines entered meanwhile, oldest first."""

    # --- keys -----------------------------------------------------------------

    def accept(self) -> None:
        """Keep the line."""
        buffer = self._interface.buffer
        text = self._interface.folds.expand(buffer.text)
        buffer.reset(append_to_history=bool(text.strip()))
        self.entered += [text] if text.strip() else []

    def interrupt(self) -> None:
        """Clear the draft; without one, leave."""
        if self._interface.buffer.text:
            self._interface.buffer.reset(append_to_history=True)
        else:
            self.leave()

    def leave(self) -> None:
        """End the application."""
        self._interface.end(0)

    def suspend(self) -> None:
        """Not yet."""

    def edit(self) -> None:
        """Not yet."""

    def take_back(self) -> bool:
        """Nothing is queued."""
        return False

    def switch_to_number(self, number: int) -> None:
        """Not yet."""

    def switch_to_unread(self) -> None:
        """Not yet."""

    def answer(self, key: str) -> None:
        """Nothing is asked."""

    def before_key(self) -> None:
        """Nothing depends on the key before."""

    # --- rows -----------------------------------------------------------------

    def live(self) -> list[Fragments]:
        """No reply."""
        return []

    def status(self) -> StyleAndTextTuples:
        """Nothing goes on."""
        return []

    def tabs(self) -> tuple[list[Tab], bool]:
        """No session."""
        return [], True

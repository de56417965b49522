"""What each key does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from prompt_toolkit.filters import (
    Always,
    Condition,
    Filter,
    emacs_mode,
    has_completions,
    has_focus,
    is_searching,
    vi_insert_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from chatcli.ui.prompt.input_buffer import InputBuffer
from chatcli.ui.prompt.paste import Folds

ALWAYS = Always()


class Actions(Protocol):
    """What keys can ask of the chat."""

    def accept(self) -> None:
        """Send what is in the input, or run it."""

    def interrupt(self) -> None:
        """Ctrl-C."""

    def leave(self) -> None:
        """Ctrl-D on an empty line."""

    def suspend(self) -> None:
        """Ctrl-Z."""

    def edit(self) -> None:
        """Open the input in the user's editor."""

    def take_back(self) -> bool:
        """Put the last queued message back into the input; False if there is none."""

    def switch_to_number(self, number: int) -> None:
        """Alt-1 to Alt-9."""

    def switch_to_unread(self) -> None:
        """Alt-N."""

    def answer(self, key: str) -> None:
        """Answer the question."""

    def before_key(self) -> None:
        """Any key, before what it does."""

    @property
    def asking(self) -> bool:
        """Whether a question stands."""
        ...


class Binder:
    """Binds keys to functions that take nothing."""

    def __init__(self) -> None:
        self.keys = KeyBindings()

    def on(
        self, *keys: str, do: Callable[[], object], when: Filter = ALWAYS, eager: bool = False
    ) -> None:
        """Bind the keys, pressed one after the other, to `do`."""

        def pressed(_: KeyPressEvent) -> None:
            do()

        self.keys.add(*keys, filter=when, eager=eager)(pressed)


def build_keys(buffer: InputBuffer, folds: Folds, actions: Callable[[], Actions]) -> KeyBindings:
    """The bindings on top of prompt_toolkit's own; `actions` is asked at every key."""
    binder = Binder()
    _bind_input(binder, buffer, folds, actions)
    _bind_sessions(binder, actions)
    _bind_program(binder, buffer, actions)
    _bind_answers(binder, actions)
    return binder.keys


def _bind_input(
    binder: Binder, buffer: InputBuffer, folds: Folds, actions: Callable[[], Actions]
) -> None:
    typing = has_focus(buffer)
    empty = Condition(lambda: not buffer.text)
    binder.on("enter", do=lambda: _enter(buffer, actions()), when=typing)
    binder.on("c-j", do=buffer.newline, when=typing)
    binder.on("escape", "enter", do=buffer.newline, when=typing)
    binder.on("up", do=lambda: _up(buffer, actions()), when=typing & empty)
    binder.on("c-x", "c-e", do=lambda: actions().edit(), when=typing)
    binder.on("c-g", do=lambda: actions().edit(), when=typing)
    binder.on("tab", do=lambda: _complete(buffer), when=typing)
    binder.on("escape", do=buffer.cancel_completion, when=typing & has_completions, eager=True)

    @binder.keys.add(Keys.BracketedPaste)
    def _(event: KeyPressEvent) -> None:
        text = event.data.replace("\r\n", "\n").replace("\r", "\n")
        event.current_buffer.insert_text(folds.fold(text) if typing() else text)


def _enter(buffer: InputBuffer, actions: Actions) -> None:
    """Take the completion that is chosen, or accept the line."""
    if buffer.complete_state and buffer.complete_state.current_completion:
        buffer.complete_state = None
    else:
        actions.accept()


def _up(buffer: InputBuffer, actions: Actions) -> None:
    """The last queued message, else the last one in the history."""
    if not actions.take_back():
        buffer.recall()


def _complete(buffer: InputBuffer) -> None:
    if buffer.complete_state:
        buffer.complete_next()
    else:
        buffer.start_completion(insert_common_part=True)


def _bind_sessions(binder: Binder, actions: Callable[[], Actions]) -> None:
    typing = emacs_mode | vi_insert_mode
    for digit in "123456789":

        def switch(number: int = int(digit)) -> None:
            actions().switch_to_number(number)

        binder.on("escape", digit, do=switch, when=typing)
    binder.on("escape", "n", do=lambda: actions().switch_to_unread(), when=typing)


def _bind_program(binder: Binder, buffer: InputBuffer, actions: Callable[[], Actions]) -> None:
    at_empty_line = has_focus(buffer) & Condition(lambda: not buffer.text)
    binder.on("c-c", do=lambda: actions().interrupt(), when=~is_searching)
    binder.on("<sigint>", do=lambda: actions().interrupt())
    binder.on("c-d", do=lambda: actions().leave(), when=at_empty_line)
    binder.on("c-z", do=lambda: actions().suspend())
    # mouse reports are never requested; what looks like one is part of a paste
    binder.on(Keys.Vt100MouseEvent, do=_nothing)


def _nothing() -> None:
    """The key does nothing."""


def _bind_answers(binder: Binder, actions: Callable[[], Actions]) -> None:
    """While a question is being asked every key is an answer, right or wrong."""
    asking = Condition(lambda: actions().asking)
    for key in ("w", "q", "escape", "c-c", "c-d", Keys.Any):

        def answer(key: str = key) -> None:
            actions().answer(key)

        binder.on(key, do=answer, when=asking, eager=True)

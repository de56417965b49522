"""Input from the terminal: bytes to text, pastes in one piece, keys from before the start."""

from __future__ import annotations

import sys

from prompt_toolkit.input import create_input
from prompt_toolkit.input.base import Input

from chatcli.ui.early import TYPED_BEFORE
from chatcli.ui.prompt.paste import PasteParser

if sys.platform == "win32":
    terminal_input = create_input
else:
    from prompt_toolkit.input.posix_utils import PosixStdinReader
    from prompt_toolkit.input.vt100 import Vt100Input

    class _Reader(PosixStdinReader):
        """Bytes that are no text become `\ufffd`, a sign that files and servers take.

        Of the first `early` bytes a newline is what the terminal made of Enter.
        """

        def __init__(self, fd: int, encoding: str, early: int) -> None:
            super().__init__(fd, "replace", encoding)
            self._early = early

        def read(self, count: int = 1024) -> str:
            """The text of the input that has arrived, at most `count` bytes."""
            text = super().read(count)
            if self._early <= 0:
                return text
            data = text.encode()
            early = data[: self._early].replace(b"\n", b"\r")
            self._early -= len(data)
            return (early + data[len(early) :]).decode()

    def terminal_input() -> Input:
        """The input of this terminal."""
        given = create_input()
        if isinstance(given, Vt100Input):
            encoding = given.stdin.encoding
            given.stdin_reader = _Reader(given.fileno(), encoding, TYPED_BEFORE.get())
            given.vt100_parser = PasteParser(given.vt100_parser.feed_key_callback)
        return given

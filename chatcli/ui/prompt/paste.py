"""Long pasted texts are one character of the input, shown folded; invisible signs are shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

from chatcli.core.text import for_terminal

FOLD_LINES = 10
FOLD_CHARACTERS = 1500
SHOWN_LINES = 60
SHOWN_CHARACTERS = 6000
FIRST_SIGN, LAST_SIGN = "\U000f0000", "\U000ffffd"
"""Private-use characters; each stands for a text."""
PASTE_END = "\x1b[201~"


class Folds:
    """The texts behind the signs in the input; lives as long as the program."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """A sign for a long text; a short one as it is."""
        if len(text) < FOLD_CHARACTERS and text.count("\n") < FOLD_LINES:
            return text
        for sign, known in self._texts.items():
            if known == text:
                return sign
        sign = chr(min(ord(FIRST_SIGN) + len(self._texts), ord(LAST_SIGN)))
        self._texts[sign] = text
        return sign

    def restored(self, text: str) -> str:
        """A text that was not pasted just now: signs for what was pasted into it before.

        What the user has written is shown, unless it is far too much for the input.
        """
        for sign, known in sorted(self._texts.items(), key=lambda item: -len(item[1])):
            text = text.replace(known, sign)
        if len(text) < SHOWN_CHARACTERS and text.count("\n") < SHOWN_LINES:
            return text
        return self.fold(text)

    def expand(self, text: str) -> str:
        """The text with every sign replaced by what it stands for."""
        if text.isascii():
            return text
        return "".join(self._texts.get(character, character) for character in text)

    def label(self, sign: str) -> str:
        """What is shown for a sign; empty for any other character."""
        text = self._texts.get(sign)
        if text is None:
            return ""
        lines = text.removesuffix("\n").count("\n") + 1
        return f"[pasted {lines:,} lines]" if lines > 1 else f"[pasted {len(text):,} characters]"


class ShowSigns(Processor):
    """Draws labels in place of the signs for folded texts, and of what a terminal would obey.

    prompt_toolkit does so with control characters; a text from elsewhere may also hold signs
    that turn what follows around, or that nobody sees.
    """

    def __init__(self, folds: Folds) -> None:
        self._folds = folds

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """One line of the input, labels in place of signs."""
        fragments = transformation_input.fragments
        line = "".join(fragment[1] for fragment in fragments)
        labels = {} if line.isascii() else self._labels(line)
        if not labels:
            return Transformation(fragments)
        shown: StyleAndTextTuples = []
        index = 0
        for style, text, *_ in fragments:
            for character in text:
                shown.append(labels.get(index, (style, character)))
                index += 1
        return Transformation(shown, *_positions(len(line), labels))

    def _labels(self, line: str) -> dict[int, tuple[str, str]]:
        """Style and label of each sign, by its place in the line."""
        labels = {}
        all_safe = for_terminal(line) == line
        for index, sign in enumerate(line):
            if sign >= FIRST_SIGN and (label := self._folds.label(sign)):
                labels[index] = ("class:fold", label)
            elif not all_safe and not sign.isascii() and (label := for_terminal(sign)) != sign:
                labels[index] = ("class:control-character", label)
        return labels


def _positions(
    length: int, labels: dict[int, tuple[str, str]]
) -> tuple[Callable[[int], int], Callable[[int], int]]:
    """Functions from a line's positions to the shown line's, and back."""
    starts = [0]
    for index in range(length):
        label = labels.get(index)
        starts.append(starts[-1] + (len(label[1]) if label else 1))

    def to_display(index: int) -> int:
        return starts[index] if index <= length else starts[-1] + index - length

    def to_source(column: int) -> int:
        return min(bisect_right(starts, column) - 1, length)

    return to_display, to_source


class PasteParser(Vt100Parser):
    """prompt_toolkit's parser; the time a paste takes grows with its length and no faster."""

    def __init__(self, feed_key_callback: Callable[[KeyPress], None]) -> None:
        self._pieces: list[str] = []
        self._seam = ""
        super().__init__(feed_key_callback)

    def feed(self, data: str) -> None:
        """Take more input; a paste is collected until its end arrives."""
        if not self._in_bracketed_paste:
            super().feed(data)
            return
        self._pieces.append(data)
        searched = self._seam + data
        end = searched.find(PASTE_END)
        if end < 0:
            self._seam = searched[1 - len(PASTE_END) :]
            return
        text = "".join(self._pieces)
        end += len(text) - len(searched)
        self._pieces, self._seam, self._in_bracketed_paste = [], "", False
        self.feed_key_callback(KeyPress(Keys.BracketedPaste, text[:end]))
        self.feed(text[end + len(PASTE_END) :])

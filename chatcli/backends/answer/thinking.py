"""Reasoning that a model writes in tags at the start of its answer, told from the answer."""

from __future__ import annotations

from chatcli.core.ports import ReasoningPart, TextPart

TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<mm:think>": "</mm:think>",
    "[THINK]": "[/THINK]",
}
"""DeepSeek, Qwen, GLM, MiniMax; Nova; Gemma; MiniMax; Mistral's templates."""
_MARKS = (*TAGS, *TAGS.values())
_LONGEST_INDENT = 64  # characters of white space before a tag


class ThinkSplitter:
    """Splits an answer that arrives in pieces; the result is the same for any pieces.

    A tag counts only while the answer has not begun: at its very start, or straight after
    another block of reasoning. Everywhere else it is text that the model writes about.

    Some chat templates open the tag themselves, so that only a closing tag arrives. At the
    start of the answer it is dropped (its reasoning came in a field of its own). Later it
    stays text: what came before it was on the screen and in the store as the answer, and
    taking it back, or holding every answer back to its end, is worse than a tag to be seen.
    """

    def __init__(self) -> None:
        self.passing = False
        """From now on everything is text: `feed` need not be called."""
        self._held = ""
        self._closing = ""  # the tag that ends the reasoning under way
        self._trim = False  # straight after a tag: newlines belong to the tag

    def feed(self, text: str) -> list[TextPart | ReasoningPart]:
        """The parts that are certain now; a possible piece of a tag is held back."""
        parts: list[TextPart | ReasoningPart] = []
        text = self._held + text
        self._held = ""
        while text and not self.passing:
            if self._trim:
                text = text.lstrip("\r\n")
                self._trim = not text
            elif self._closing:
                text = self._think(text, parts)
            else:
                text = self._begin(text)
        if text:
            parts.append(TextPart(text))
        return parts

    def close(self) -> list[TextPart | ReasoningPart]:
        """What was held back, at the end of the answer."""
        held, self._held = self._held, ""
        if not held:
            return []
        return [ReasoningPart(held) if self._closing else TextPart(held)]

    def _begin(self, text: str) -> str:
        """Decide about the answer's start; returns what is still to be split."""
        start = text.lstrip()
        if len(text) - len(start) <= _LONGEST_INDENT:
            mark = next((mark for mark in _MARKS if start.startswith(mark)), "")
            if mark:
                self._closing, self._trim = TAGS.get(mark, ""), True
                return start[len(mark) :]
            if any(mark.startswith(start) for mark in _MARKS):
                self._held = text
                return ""
        self.passing = True
        return text

    def _think(self, text: str, parts: list[TextPart | ReasoningPart]) -> str:
        """Move reasoning to `parts`; returns what comes after its closing tag."""
        thought, found, rest = text.partition(self._closing)
        if found:
            self._closing, self._trim = "", True
        else:
            kept = len(text) - _overlap(text, self._closing)
            thought, self._held = text[:kept], text[kept:]
        if thought:
            parts.append(ReasoningPart(thought))
        return rest


def _overlap(text: str, tag: str) -> int:
    """The length of the longest end of `text` that is a beginning of `tag`, but not all."""
    longest = min(len(text), len(tag) - 1)
    return next((n for n in range(longest, 0, -1) if tag.startswith(text[-n:])), 0)

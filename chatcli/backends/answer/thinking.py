"""Separates the reasoning that a model writes in tags from the answer behind it."""

from __future__ import annotations

import re

from chatcli.core.ports import ReasoningPart, TextPart, TextWasReasoningPart

TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<mm:think>": "</mm:think>",
    "[THINK]": "[/THINK]",
}
"""DeepSeek, Qwen, GLM, MiniMax; Nova; Gemma; MiniMax; Mistral's templates."""
_MARKS = (*TAGS, *TAGS.values())
_MARK = re.compile("|".join(map(re.escape, _MARKS)))
_LONGEST_MARK = max(map(len, _MARKS))
_LONGEST_INDENT = 64  # characters of white space before a tag

SplitPart = TextPart | ReasoningPart | TextWasReasoningPart


class ThinkSplitter:
    """Splits an answer that arrives in pieces; where these are cut makes no difference.

    A tag counts only while the answer has not begun: at its very start, or straight after
    another block of reasoning. Everywhere else it is text that the model writes about.

    Some chat templates open the tag themselves (Qwen3, DeepSeek R1), so that only a closing tag
    arrives. At the start of the answer it is dropped (its reasoning came in a field of its own).
    Later, if it is the first of all tags and stands where reasoning may end, all text before it
    was reasoning: a TextWasReasoningPart says so.

    Args:
        unopened: the model is known to answer like that. It changes nothing but that text which
            may turn out to be reasoning is marked as tentative.
    """

    def __init__(self, *, unopened: bool = False) -> None:
        self.passing = False
        """From now on everything is text: `feed` need not be called."""
        self.unopened = False
        """Only a closing tag came, and text before it."""
        self._tentative = unopened
        self._held = ""
        self._closing = ""  # the tag that ends the reasoning under way
        self._trim = False  # straight after a tag: newlines belong to the tag
        self._marked = False  # a first tag was seen, or reasoning came in a field of its own
        self._searching = False  # the answer has begun, the first tag is still to come
        self._text: list[str] = []  # since then

    def feed(self, text: str) -> list[SplitPart]:
        """The parts that are certain now; a possible piece of a tag is held back."""
        parts: list[SplitPart] = []
        text = self._held + text
        self._held = ""
        while text and not self.passing:
            if self._trim:
                text = text.lstrip("\r\n")
                self._trim = not text
            elif self._closing:
                text = self._think(text, parts)
            elif self._searching:
                text = self._search(text, parts)
            else:
                text = self._begin(text)
        if text:
            parts.append(TextPart(text))
        return parts

    def close(self) -> list[SplitPart]:
        """What was held back, at the end of the answer."""
        held, self._held = self._held, ""
        if not held:
            return []
        return [ReasoningPart(held) if self._closing else TextPart(held, self._tentative)]

    def reasoning_came(self) -> list[SplitPart]:
        """Reasoning came in a field of its own: the answer has none; returns what is settled."""
        self._marked = True
        self._tentative = False
        if not self._searching:
            return []
        self.passing = True
        return self.close()

    def _begin(self, text: str) -> str:
        """Decide about the answer's start; returns what is still to be split."""
        start = text.lstrip()
        if len(text) - len(start) <= _LONGEST_INDENT:
            mark = next((mark for mark in _MARKS if start.startswith(mark)), "")
            if mark:
                self._closing = TAGS.get(mark, "")
                self._trim, self._marked, self._tentative = True, True, False
                return start[len(mark) :]
            if any(mark.startswith(start) for mark in _MARKS):
                self._held = text
                return ""
        self._searching = not self._marked
        self.passing = self._marked
        return text

    def _think(self, text: str, parts: list[SplitPart]) -> str:
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

    def _search(self, text: str, parts: list[SplitPart]) -> str:
        """Move text before the first tag to `parts`; returns the tag or what comes after it."""
        mark = _MARK.search(text) if "<" in text or "[" in text else None
        end = mark.start() if mark else _end_without_tag(text)
        if end:
            self._text.append(text[:end])
            parts.append(TextPart(text[:end], self._tentative))
        if mark is None:
            self._held = text[end:]
            return ""
        self._searching, self._marked, self._tentative = False, True, False
        if mark.group() in TAGS or not self._ended_reasoning():
            self.passing = True
            return text[end:]
        self.unopened = self._trim = True
        parts.append(TextWasReasoningPart())
        return text[mark.end() :]

    def _ended_reasoning(self) -> bool:
        """Whether a closing tag behind all text so far ends reasoning."""
        from chatcli.backends.answer.unopened import ends_reasoning  # few answers need it

        before = "".join(self._text)
        self._text.clear()
        return ends_reasoning(before)


def _end_without_tag(text: str) -> int:
    """Where a text without a tag ends, a possible beginning of one left out."""
    longest = len(text) - _LONGEST_MARK + 1
    begin = max(text.rfind("<", max(longest, 0)), text.rfind("[", max(longest, 0)))
    if begin >= 0 and any(mark.startswith(text[begin:]) for mark in _MARKS):
        return begin
    return len(text)


def _overlap(text: str, tag: str) -> int:
    """The length of the longest end of `text` that is a beginning of `tag`, but not all."""
    longest = min(len(text), len(tag) - 1)
    return next((n for n in range(longest, 0, -1) if tag.startswith(text[-n:])), 0)

"""From decoded chunks to the parts of a reply, and the verdict at their end."""

from __future__ import annotations

from chatcli.backends.answer.chunks import Chunk, read_chunk
from chatcli.backends.answer.reasoning_raw import RawReasoning
from chatcli.backends.answer.reply_verdict import Ending, raise_unless_reply
from chatcli.backends.answer.thinking import SplitPart, ThinkSplitter
from chatcli.backends.answer.usage import merged
from chatcli.backends.faults.endpoint import Endpoint
from chatcli.core.model import Usage
from chatcli.core.ports import (
    EndPart,
    NoticePart,
    ReasoningPart,
    StreamPart,
    TextPart,
    TextWasReasoningPart,
    UsagePart,
)
from chatcli.core.text import SurrogateJoiner


class ReplyAssembly:
    """One reply under way: `take` its chunks, `drain` parts whenever bytes have been read.

    `ending` holds everything the verdict depends on; the reader of the bytes sets its `done` and
    `unreadable`. `unopened` is ThinkSplitter's.
    """

    def __init__(self, endpoint: Endpoint, *, unopened: bool = False) -> None:
        self.ending = Ending(endpoint)
        self._raw = RawReasoning()
        self._usage: Usage | None = None
        self._usage_told: Usage | None = None
        self._splitter = ThinkSplitter(unopened=unopened)
        self._joiners = {False: SurrogateJoiner(), True: SurrogateJoiner()}
        self._run: list[str] = []  # text of one kind that is not in `_parts` yet
        self._thinks = False  # the kind of `_run`
        self._parts: list[StreamPart] = []
        self._gave_text = False
        self._characters = 0  # of the answer, reasoning between tags included
        self._in_messages = False
        self._blank = ""  # white space before the first letter
        self._closed = False

    @property
    def unopened(self) -> bool:
        """Whether a closing tag without an opening one ended the reasoning."""
        return self._splitter.unopened

    def take_text(self, text: str) -> None:
        """More of the answer: a chunk that holds nothing else."""
        if self._thinks:
            self._flush()
            self._thinks = False
        self._run.append(text)
        self._characters += len(text)
        if self.ending.finish_reason and text:
            self.ending.went_on = True

    def take(self, document: object, event: str = "") -> None:
        """A decoded chunk, completion or error, from an event of that name. Never raises."""
        chunk = read_chunk(document, event)
        for part in self._new_in(chunk):
            if isinstance(part, TextPart):
                self.take_text(part.text)
            else:
                self._take_reasoning(part.text)
        if chunk.refusal:
            self.ending.refused = True
            self.take_text(chunk.refusal)
        self._take_facts(chunk)

    def drain(self) -> list[StreamPart]:
        """The parts since the last call; adjacent text is one part."""
        self._flush()
        if self._usage is not self._usage_told:
            self._usage_told = self._usage
            self._parts.append(UsagePart(self._usage or Usage()))
        parts, self._parts = self._parts, []
        self._gave_text = self._gave_text or any(isinstance(part, TextPart) for part in parts)
        return parts

    def close(self) -> list[StreamPart]:
        """The parts that were held back, at the end of all bytes."""
        if self._closed:
            return []
        self._closed = True
        self._flush()
        for thinks in (True, False):
            self._thinks, self._run = thinks, [self._joiners[thinks].close()]
            self._flush()
        for part in self._splitter.close():
            self._append(part)
        raw = self._raw.to_json()
        if raw:
            self._parts.append(ReasoningPart("", raw))
        return self.drain()

    def end(self) -> list[StreamPart]:
        """The last parts, an EndPart at the end; raises what `Ending` says."""
        parts = self.close()
        raise_unless_reply(self.ending)
        parts.extend(NoticePart(text) for text in self.ending.notices())
        return [*parts, EndPart(self.ending.finish_reason or None)]

    def _new_in(self, chunk: Chunk) -> list[TextPart | ReasoningPart]:
        """A chunk's parts; of a whole message after deltas, only what they left out.

        Where every chunk calls itself a message, each is a delta.
        """
        if not chunk.is_message or self._in_messages or not self._characters:
            self._in_messages = self._in_messages or (chunk.is_message and bool(chunk.parts))
            return chunk.parts
        text = "".join(part.text for part in chunk.parts if isinstance(part, TextPart))
        rest = text[self._characters :]
        return [TextPart(rest)] if rest else []

    def _take_reasoning(self, text: str) -> None:
        if not self._thinks:
            self._flush()
            self._thinks = True
        self._run.append(text)

    def _take_facts(self, chunk: Chunk) -> None:
        ending = self.ending
        ending.finish_reason = chunk.finish_reason or ending.finish_reason
        ending.calls_tool = ending.calls_tool or chunk.calls_tool
        ending.is_reply = ending.is_reply or chunk.is_reply
        ending.foreign += not chunk.is_reply
        if ending.error is None:
            ending.error = chunk.error
        if chunk.usage:
            self._usage = merged(self._usage, chunk.usage)
        self._raw.field = self._raw.field or chunk.reasoning_field
        if chunk.reasoning_details is not None:
            self._raw.add_details(chunk.reasoning_details)

    def _flush(self) -> None:
        """Move `_run` to the parts."""
        if not self._run:
            return
        text = self._joiners[self._thinks].feed("".join(self._run))
        self._run.clear()
        if not text:
            return
        if self._thinks:
            for part in self._splitter.reasoning_came():
                self._append(part)
            self._append(ReasoningPart(text))
        elif self._splitter.passing:
            self._append(TextPart(text))
        else:
            for part in self._splitter.feed(text):
                self._append(part)

    def _append(self, part: SplitPart) -> None:
        if isinstance(part, TextWasReasoningPart):
            self._text_was_reasoning()
        elif isinstance(part, TextPart):
            self._append_text(part)
        else:
            self.ending.has_reasoning = True
            self._join(part)

    def _append_text(self, part: TextPart) -> None:
        """White space waits for the first letter: alone it is no reply."""
        if not self.ending.has_text:
            text, self._blank = self._blank + part.text, ""
            if text.isspace():
                self._blank = text
                return
            self.ending.has_text = True
            part = TextPart(text, part.tentative)
        self._join(part)

    def _join(self, part: TextPart | ReasoningPart) -> None:
        """Add a part; merge it with the last one if both are of the same kind."""
        last = self._parts[-1] if self._parts else None
        if isinstance(part, ReasoningPart) and isinstance(last, ReasoningPart):
            self._parts[-1] = ReasoningPart(last.text + part.text)
        elif (
            isinstance(part, TextPart)
            and isinstance(last, TextPart)
            and last.tentative is part.tentative
        ):
            self._parts[-1] = TextPart(last.text + part.text, part.tentative)
        else:
            self._parts.append(part)

    def _text_was_reasoning(self) -> None:
        """What was drained is to be taken back by a part; the rest becomes reasoning here."""
        self.ending.has_text, self.ending.has_reasoning = False, True
        self._blank = ""
        parts, self._parts = self._parts, [TextWasReasoningPart()] if self._gave_text else []
        self._gave_text = False
        for part in parts:
            if isinstance(part, TextPart):
                self._join(ReasoningPart(part.text))
            else:
                self._parts.append(part)

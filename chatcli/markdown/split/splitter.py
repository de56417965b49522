"""A growing Markdown text cut into pieces that later text cannot change."""

from __future__ import annotations

from collections import deque
from typing import Any

from chatcli.markdown.limits import LONG_BLOCK, LONG_PARAGRAPH, MANY_MARKS
from chatcli.markdown.parser import Block, Parsed, References, parse_blocks, split_blocks
from chatcli.markdown.split.missing import MissingLinks, needs_definition
from chatcli.markdown.split.paragraph import Paragraph
from chatcli.markdown.split.pieces import Closed, CodeOpened, Piece, TableOpened, Whole
from chatcli.markdown.split.readers import Fence, Indented, Reader, Rows
from chatcli.markdown.split.source import Source

_WINDOW = 2_000
"""Characters parsed at first; doubled while no block ends in them."""
_STEP = 8_000
"""Characters by which that grows at most each time."""
_LARGE = 4_000
"""Characters: a larger unfinished block is parsed again only when it has grown by a tenth."""


class Splitter:
    """Turns text that arrives bit by bit into pieces.

    A block is finished when a line follows that does not belong to it; only whole lines decide.
    Code, tables and long paragraphs are given before they end, lists item by item.
    """

    def __init__(self) -> None:
        self.source = Source()
        self.references: dict[str, Any] = {}
        """The link definitions before the start of the source."""
        self.reader: Reader | None = None
        """Reads the block at the start of the source, if that is given in parts."""
        self.number: int | None = None
        """The next item's number, if the source starts within a list."""
        self._ready: deque[Piece] = deque()
        self._missing = MissingLinks()
        self._seen = 0
        """Characters that were parsed without finding an end."""

    def next(self) -> Piece | None:
        """The next of the pieces found; None if there is none: `read` may find more."""
        if not self._ready:
            return None
        piece = self._ready.popleft()
        self._missing.note(piece, self.references)
        return piece

    def read(self) -> bool:
        """Read a part of the source; False if more text is needed to find another piece."""
        return self._read_blocks() if self.reader is None else self._read_open(self.reader)

    def _read_open(self, reader: Reader) -> bool:
        read = reader.read(self.source)
        self.source.advance(read.length)
        self._ready += read.pieces
        ended = read.ended or (self.source.closed and not len(self.source))
        if ended:
            self._ready.append(Closed())
            self.reader = None
        return ended or read.length > 0

    def _read_blocks(self) -> bool:
        text = self._window()
        if not text:
            return self._read_long_line()
        whole = self.source.closed and len(text) == len(self.source)
        final = whole or len(text) > LONG_BLOCK or _many_marks(text)
        lines = text.split("\n")[:-1]
        parsed = parse_blocks(text, self.references, continued=self.number is not None)
        taken = self._take(parsed, lines, final=final)
        if not taken:
            self._seen = len(text)
            return len(text) < self.source.complete()
        open_block = parsed.blocks[-1] if parsed.blocks and parsed.blocks[-1].end > taken else None
        self._define(parsed.references, len(lines) if open_block is None else open_block.start)
        self.source.advance(_length(lines[:taken]))
        self._seen = 0
        return True

    def _window(self) -> str:
        """The whole lines to parse now, or nothing if it is too early for that."""
        limit = max(_WINDOW, min(2 * self._seen, self._seen + _STEP))
        text = self.source.lines(limit, self._seen)
        grown = len(text) - self._seen
        if self.source.closed:
            return text
        return "" if grown <= (self._seen / 10 if self._seen > _LARGE else 0) else text

    def _take(self, parsed: Parsed, lines: list[str], *, final: bool) -> int:
        """Give what is finished; return how many lines that takes, 0 for nothing."""
        taken = 0
        for block in parsed.blocks:
            if block is parsed.blocks[-1] and not final:
                if _may_head_table(block, lines):
                    return taken
                if not _ended(block, lines, parsed.references):
                    return self._open(block, lines) or taken
            self._give_block(block)
            taken = block.end
        return len(lines) if final else taken

    def _give_block(self, block: Block) -> None:
        within = self.number is not None
        if within:
            block.tokens[0].attrs["start"] = self.number or 0
        self.number = None
        self._ready.append(Whole(block, continues=within))

    def _open(self, block: Block, lines: list[str]) -> int:
        """Give what can be given of an unfinished block; return the lines taken up to there."""
        if block.kind == "fence":
            self.reader = fence = Fence(lines[block.start])
            self._ready.append(CodeOpened(fence.info))
            return block.start + 1
        if block.kind == "code_block":
            self.reader = Indented()
            self._ready.append(CodeOpened(""))
            return block.start
        if block.kind == "table":
            self.reader = Rows("".join(f"{line}\n" for line in lines[block.start :][:2]))
            self._ready.append(TableOpened(block))
            return block.start + 2
        if block.kind.endswith("list"):
            return self._open_list(block)
        if block.kind == "paragraph" and _length(lines[block.start : block.end]) > LONG_PARAGRAPH:
            self.reader = Paragraph(self.references)
            return block.start
        return 0

    def _open_list(self, block: Block) -> int:
        """Give all items but the last; return where that one starts."""
        *items, last = split_blocks(block.tokens[1:-1])
        if not items:
            return 0
        first = int(block.tokens[0].attrs.get("start", 1)) if self.number is None else self.number
        tokens = [block.tokens[0], *(token for item in items for token in item.tokens)]
        self._give_block(Block([*tokens, block.tokens[-1]], block.start, last.start))
        self.number = first + len(items)
        return last.start

    def _read_long_line(self) -> bool:
        """Begin a paragraph whose first line is long, and unfinished itself."""
        if self.source.complete() or len(self.source) <= LONG_PARAGRAPH:
            return False
        start = self.source.rest(LONG_PARAGRAPH) + "\n"
        if [block.kind for block in parse_blocks(start, self.references).blocks] != ["paragraph"]:
            return False
        self.reader = Paragraph(self.references)
        return True

    def _define(self, references: dict[str, Any], lines: int) -> None:
        """Keep the definitions that end within the first `lines` lines."""
        for label, reference in references.items():
            if label not in self.references and reference["map"][1] <= lines:
                self.references[label] = reference
                self._ready += self._missing.found(label, reference["href"])


def _may_head_table(block: Block, lines: list[str]) -> bool:
    """Whether a line of dashes after the last line would make a table's head of it."""
    return block.start == len(lines) - 1 and "|" in lines[-1]


def _ended(block: Block, lines: list[str], references: References) -> bool:
    """Whether the last block is finished although no other one follows it.

    One with a link that lacks its definition waits, as that may follow at once.
    """
    if block.kind == "fence":
        closing = lines[block.end - 1] if block.end - block.start > 1 else ""
        return Fence(lines[block.start]).closes(closing)
    if block.kind == "table":
        return block.end < len(lines)
    if block.kind in {"paragraph", "blockquote"} and block.end == len(lines):
        return False
    return block.kind in {"heading", "hr", "paragraph", "blockquote"} and not needs_definition(
        block, references
    )


def _many_marks(text: str) -> bool:
    """Whether a quotation, perhaps a deep one, is long enough to end here."""
    return text.lstrip().startswith(">") and text.count(">") > MANY_MARKS


def _length(lines: list[str]) -> int:
    return sum(len(line) + 1 for line in lines)

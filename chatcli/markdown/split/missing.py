"""Links printed before their definition arrived, which is then shown by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chatcli.markdown.parser import Block, References
from chatcli.markdown.split.pieces import Definition, Piece, TableRows, TextPart, Whole

_LABEL = re.compile(r"\[([^\[\]]+)\](?!\()")


class MissingLinks:
    """Remembers the labels in brackets that stand in printed text without being defined."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}

    def note(self, piece: Piece, references: References) -> None:
        """Look through a piece that is about to be printed."""
        for label, written in _undefined(_texts(piece), references):
            self._labels.setdefault(label, written)

    def found(self, label: str, target: str) -> Iterator[Definition]:
        """Yield the definition of a label if text that needs it has been printed."""
        written = self._labels.pop(label, None)
        if written is not None:
            yield Definition(written, target)


def needs_definition(block: Block, references: References) -> bool:
    """Whether a block has labels in brackets that are not defined yet."""
    return any(True for _ in _undefined(_texts(Whole(block)), references))


def _undefined(texts: Iterable[str], references: References) -> Iterator[tuple[str, str]]:
    """The labels that lack a definition: normalized, and as written."""
    from markdown_it.common.utils import normalizeReference

    for text in texts:
        for match in _LABEL.finditer(text):
            label = normalizeReference(match.group(1))
            if label not in references:
                yield label, match.group(1)


def _texts(piece: Piece) -> Iterator[str]:
    if isinstance(piece, Whole | TableRows):
        for token in piece.block.tokens:
            if token.type == "inline" and "[" in token.content:
                yield token.content
    elif isinstance(piece, TextPart):
        yield piece.source

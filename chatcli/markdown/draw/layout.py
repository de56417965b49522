"""Markdown's blocks drawn as lines, lazily: a drawing can be interrupted after each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatcli.markdown.code.block import CodeBlock
from chatcli.markdown.draw.inline import inline_text
from chatcli.markdown.draw.table import Table
from chatcli.markdown.draw.wrap import Wrapper, width_of, wrap
from chatcli.markdown.limits import NARROWEST
from chatcli.markdown.parser import Block, References, split_blocks
from chatcli.markdown.parts import parts

if TYPE_CHECKING:
    from rich.style import Style
    from rich.text import Text

    from chatcli.markdown.draw.table import Align
    from chatcli.markdown.draw.wrap import Line
    from chatcli.markdown.styles import Styles

_NUMBER = 10
"""List numbers are padded to the width of this one: how many items will come is not known."""


class Layout:
    """Draws blocks.

    Args:
        styles: the theme's.
        references: the link definitions known by now; may grow between two blocks.
    """

    def __init__(self, styles: Styles, references: References) -> None:
        self.styles = styles
        self.references = references

    def draw(self, block: Block, width: int, base: Style | None = None) -> Iterator[Line]:
        """Draw one block without the blank lines around it.

        Args:
            block: what `parse_blocks` gave.
            width: columns.
            base: the style of the block around.
        """
        draw = {
            "heading": self._heading,
            "paragraph": self._paragraph,
            "bullet_list": self._list,
            "ordered_list": self._list,
            "blockquote": self._quote,
            "fence": self._code,
            "code_block": self._code,
            "table": self._table,
            "hr": self._rule,
        }[block.kind]
        return draw(block, max(width, NARROWEST), base or self.styles.null)

    def text(self, source: str, base: Style) -> Text:
        """A paragraph's source, the content of a markdown-it `inline` token, as styled text."""
        return inline_text(source, self.references, self.styles, base)

    def _paragraph(self, block: Block, width: int, base: Style) -> Iterator[Line]:
        wrapper = Wrapper()
        for part in parts(block.tokens[1].content, self.references):
            yield from wrapper.add(self.text(part, base), width)
        yield from wrapper.close()

    def _heading(self, block: Block, width: int, base: Style) -> Iterator[Line]:
        from rich.segment import Segment

        level = block.tokens[0].tag
        for line in wrap(self.text(block.tokens[1].content, base + self.styles[level]), width):
            indent = (width - width_of(line)) // 2 if level == "h1" else 0
            yield [Segment(" " * indent), *line]

    def _rule(self, _: Block, width: int, base: Style) -> Iterator[Line]:
        from rich.segment import Segment

        yield [Segment("-" * width, base + self.styles["hr"])]
        yield []

    def _quote(self, block: Block, width: int, base: Style) -> Iterator[Line]:
        from rich.segment import Segment

        style = base + self.styles["block_quote"]
        for line in self._inside(block, width - 4, style):
            yield [Segment("▌ ", style), *line]

    def _list(self, block: Block, width: int, base: Style) -> Iterator[Line]:
        number = int(block.tokens[0].attrs.get("start", 1))
        for item in split_blocks(block.tokens[1:-1]):
            if block.kind == "bullet_list":
                yield from self._item(item, width, base, " • ", "item.bullet")
            else:
                columns = len(str(max(number, _NUMBER))) + 1
                yield from self._item(item, width, base, f"{number:>{columns}} ", "item.number")
            number += 1

    def _item(
        self, item: Block, width: int, base: Style, mark: str, mark_style: str
    ) -> Iterator[Line]:
        from rich.segment import Segment

        before = Segment(mark, base + self.styles[mark_style])
        for line in self._inside(item, width - len(mark), base):
            yield [before, *line]
            before = Segment(" " * len(mark))

    def _code(self, block: Block, width: int, base: Style) -> Iterator[Line]:
        token = block.tokens[0]
        code = CodeBlock(token.info, self.styles, base)
        yield from code.open()
        for line in token.content.removesuffix("\n").split("\n"):
            yield from code.add(line, width)
        yield from code.close(width)

    def _table(self, block: Block, width: int, base: Style) -> Iterator[Line]:
        table = Table(aligns(block), self.styles, base)
        for cells in self.rows(block, base):
            yield from table.add(cells, width)
        yield from table.close(width)

    def rows(self, block: Block, base: Style) -> Iterator[list[Text]]:
        """The cells of a table, row by row, the head first."""
        cells: list[Text] = []
        for token in block.tokens:
            if token.type == "inline":
                cells.append(self.text(token.content, base))
            elif token.type == "tr_close":
                yield cells
                cells = []

    def _inside(self, block: Block, width: int, base: Style) -> Iterator[Line]:
        """Draw the blocks in a block, one below the other."""
        for inner in split_blocks(block.tokens[1:-1]):
            yield from self.draw(inner, width, base)


def aligns(block: Block) -> list[Align]:
    """How each column of a table is aligned."""
    styles = [str(token.attrs.get("style")) for token in block.tokens if token.type == "th_open"]
    sides: dict[str, Align] = {"text-align:right": "right", "text-align:center": "center"}
    return [sides.get(style, "left") for style in styles]

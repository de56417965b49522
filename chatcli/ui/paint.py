"""Plain text as terminal lines: styles, widths, wrapping, rules and panels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prompt_toolkit.utils import get_cwidth

from chatcli.core.text import for_terminal, one_line

_CODES = {
    "dim": "2",
    "bold": "1",
    "prompt": "1;36",
    "warning": "33",
    "error": "31",
    "good": "32",
}
_COLOURLESS = {"prompt": "1", "warning": "1", "error": "1", "good": ""}
PROMPT_SIGN = "> "
LONGEST_ECHO = 40
"""A longer prompt is shown by its first lines."""
ECHOED_LINES = 10
ECHOED_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Paint:
    """How text is drawn now. `width` is what a line may take, in columns."""

    width: int
    colours: bool = True

    def style(self, text: str, style: str) -> str:
        """`text` (one line) in one of the styles above."""
        code = _CODES[style] if self.colours else _COLOURLESS.get(style, _CODES[style])
        return f"\x1b[{code}m{text}\x1b[0m" if code and text else text

    # --- lines ----------------------------------------------------------------

    def lines(self, text: str, style: str = "", first: str = "", rest: str = "") -> str:
        """Text from anywhere as wrapped whole lines, `first` and `rest` before them."""
        pieces = []
        margin = max(get_cwidth(first), get_cwidth(rest))
        for line in for_terminal(text).expandtabs(4).split("\n"):
            pieces += wrap(line, max(self.width - margin, 10))
        heads = [first, *[rest] * (len(pieces) - 1)]
        styled = (self.style(p, style) if style else p for p in pieces)
        return "".join(f"{head}{p}\n" for head, p in zip(heads, styled, strict=True))

    def dim(self, text: str) -> str:
        """One dim line, wrapped where it must be."""
        return self.lines(text, "dim")

    # --- shapes ---------------------------------------------------------------

    def rule(self, name: str, model: str) -> str:
        """The line above a session's text: its name and its model."""
        longest = max((self.width - 8) // 2, 6)
        name, model = one_line(name, min(40, longest)), one_line(model, min(40, longest))
        used = get_cwidth(name) + get_cwidth(model) + 8
        line = "─" * max(min(self.width, 100) - used, 0)
        return (
            f"\n{self.style('──', 'dim')} {self.style(name, 'bold')} "
            + self.style(f"· {model} {line}", "dim").rstrip()
            + "\n"
        )

    def prompt(self, text: str) -> str:
        """A message as it was sent; of a very long one the first lines."""
        lines = text.rstrip("\n").split("\n")
        more = len(lines) - ECHOED_LINES if len(lines) > LONGEST_ECHO else 0
        shown = "\n".join(lines[:ECHOED_LINES] if more else lines)
        sign = self.style(PROMPT_SIGN.rstrip(), "prompt") + " "
        echoed = self._prompt_lines(shown[:ECHOED_CHARACTERS], sign)
        left_out = f"  … {more:,} more lines were sent" if more else ""
        if not more and len(shown) > ECHOED_CHARACTERS:
            left_out = f"  … {len(shown) - ECHOED_CHARACTERS:,} more characters were sent"
        return "\n" + echoed + (self.dim(left_out) if left_out else "")

    def _prompt_lines(self, text: str, sign: str) -> str:
        pieces = []
        for line in for_terminal(text).expandtabs(4).split("\n"):
            pieces += wrap(line, max(self.width - len(PROMPT_SIGN), 10))
        heads = [sign, *["  "] * (len(pieces) - 1)]
        return "".join(
            f"{h}{self.style(p, 'bold')}".rstrip() + "\n"
            for h, p in zip(heads, pieces, strict=True)
        )

    def panel(self, title: str, lines: Iterable[str], style: str = "error") -> str:
        """A few lines behind a bar at the left, which no window width can break."""
        bar = self.style("│", style) + " "
        narrow = Paint(self.width - 2, self.colours)
        body = "".join(narrow.lines(line) for line in lines if line)
        head = narrow.lines(title, style)
        return "".join(f"{bar}{line}\n" for line in (head + body).splitlines())


def wrap(line: str, width: int) -> list[str]:
    """Cut a line into pieces of at most `width` columns, between words where it can be."""
    if line.isascii() and len(line) <= width:
        return [line]
    pieces, rest = [], line
    while rest:
        end = _fitting(rest, width)
        if end < len(rest):
            space = rest.rfind(" ", 1, end + 1)
            end = space if space > 0 and rest[:space].strip() else end
        pieces.append(rest[:end])
        rest = rest[end:].lstrip(" ") if end < len(rest) and rest[end] == " " else rest[end:]
    return pieces or [""]


def _fitting(text: str, width: int) -> int:
    """How many characters, at least one, take at most `width` columns."""
    if text[:width].isascii():
        return min(width, len(text))
    used = 0
    for index, character in enumerate(text):
        used += max(get_cwidth(character), 0)
        if used > width:
            return max(index, 1)
    return len(text)

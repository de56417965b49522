"""Which colours Markdown is drawn in: dark, light or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Name = Literal["dark", "light", "none"]

# Only the 16 colours that every terminal has and every user's palette makes readable.
_SHARED = {
    "em": "italic",
    "strong": "bold",
    "s": "strike",
    "h1": "bold underline",
    "h2": "bold magenta",
    "h3": "magenta",
    "h4": "italic magenta",
    "h5": "italic",
    "h6": "italic",
    "item.bullet": "bold",
    "hr": "dim",
    "table.border": "dim",
    "table.header": "bold",
    "notice": "dim",
}
_STYLES: dict[Name, dict[str, str]] = {
    "dark": _SHARED
    | {
        "code": "bright_cyan",
        "block_quote": "bright_magenta",
        "item.number": "bright_cyan",
        "link": "underline bright_blue",
    },
    "light": _SHARED
    | {
        "code": "blue",
        "block_quote": "magenta",
        "item.number": "blue",
        "link": "underline blue",
    },
    "none": {},
}

_LIGHT_BACKGROUNDS = frozenset({"7", "9", "10", "11", "12", "13", "14", "15"})


@dataclass(frozen=True, slots=True)
class Theme:
    """The look of rendered Markdown.

    `none` keeps the layout (bullets, tables, indents) and writes no escape sequence at all.
    """

    name: Name = "dark"

    @property
    def plain(self) -> bool:
        """True when no escape sequence may be written."""
        return self.name == "none"

    @property
    def styles(self) -> Mapping[str, str]:
        """Rich's style definitions by element; an element without one has no style."""
        return _STYLES[self.name]

    @classmethod
    def detect(cls, environ: Mapping[str, str], setting: str = "auto") -> Theme:
        """Choose the theme for a terminal.

        Args:
            environ: the process's environment; TERM, NO_COLOR and COLORFGBG count.
            setting: "dark", "light" or "none" as configured, or "auto". A configured theme wins
                over NO_COLOR (https://no-color.org), but not over a terminal without escapes.
        """
        if environ.get("TERM", "") in {"dumb", "unknown"}:
            return cls("none")
        for name in _STYLES:
            if setting == name:
                return cls(name)
        if environ.get("NO_COLOR"):
            return cls("none")
        background = environ.get("COLORFGBG", "").rpartition(";")[2]
        return cls("light" if background in _LIGHT_BACKGROUNDS else "dark")

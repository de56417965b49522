"""Find the line of every key in a TOML text, which `tomllib` does not report."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from chatcli.config.problem import KeyPath

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_NAME = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_SCALAR = re.compile(
    r'''
      """(?:\\.|[^\\])*?"""(?!")      # of several quotation marks the last three close it
    | \'\'\'.*?\'\'\'(?!')
    | "(?:\\.|[^"\\\n])*"
    | '[^'\n]*'
    | [^,\]}\#\n]+                    # a number, a date, true, false
    ''',
    re.VERBOSE | re.DOTALL,
)


def lines_of(text: str) -> Mapping[KeyPath, int]:
    """The line (from 1) where each table, key and list item begins.

    `text` must be valid TOML. Of a table that is written in several places, the first counts.
    """
    scanner = _Scanner(text)
    with contextlib.suppress(ValueError, RecursionError):  # what was found so far is enough
        scanner.document()
    return {path: text.count("\n", 0, at) + 1 for path, at in scanner.found.items()}


class _Scanner:
    """Walks through the text once and notes where each key stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        while self._skip(_BLANK) < len(self.text):
            if not self._take("["):
                self._pair(table)
                continue
            double = self._take("[")
            table = self._name(())
            self._expect("]]" if double else "]")

    def _match(self, pattern: re.Pattern[str]) -> str:
        """Move past what must stand here."""
        match = pattern.match(self.text, self.at)
        if not match:
            raise ValueError(f"something else stands at {self.at}")
        self.at = match.end()
        return match.group()

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Move past what may stand here; the position after it."""
        self._match(pattern)
        return self.at

    def _take(self, sign: str) -> bool:
        found = self.text.startswith(sign, self.at)
        self.at += len(sign) * found
        return found

    def _expect(self, sign: str) -> None:
        self._skip(_SPACE)
        if not self._take(sign):
            raise ValueError(f"{sign} does not stand at {self.at}")

    def _name(self, table: KeyPath) -> KeyPath:
        """A dotted name; every step of the way is noted."""
        path = table
        while True:
            start = self._skip(_SPACE)
            path = (*path, _plain(self._match(_NAME)))
            self.found.setdefault(path, start)
            self._skip(_SPACE)
            if not self._take("."):
                return path

    def _pair(self, table: KeyPath) -> None:
        path = self._name(table)
        self._expect("=")
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._take("["):
            self._items(path)
        elif self._take("{"):
            self._inline_table(path)
        else:
            self._match(_SCALAR)

    def _items(self, path: KeyPath) -> None:
        number = 0
        while True:
            start = self._skip(_BLANK)
            if self._take("]"):
                return
            self.found.setdefault((*path, number), start)
            self._value((*path, number))
            number += 1
            self._skip(_BLANK)
            self._take(",")

    def _inline_table(self, path: KeyPath) -> None:
        while True:
            self._skip(_BLANK)
            if self._take("}"):
                return
            self._pair(path)
            self._skip(_BLANK)
            self._take(",")


def _plain(name: str) -> str:
    """A name without its quotation marks and escapes."""
    if name[0] == "'":
        return name[1:-1]
    if name[0] == '"':
        import tomllib

        return str(tomllib.loads(f"name = {name}")["name"])
    return name

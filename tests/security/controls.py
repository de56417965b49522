"""Finds what a terminal would obey in a text, apart from the program's own sequences."""

from __future__ import annotations

import re
import zlib

# colours and weights of the themes; no hostile text uses only these
_CODE = r"(?:[0-4]|7|9|3[0-7]|9[0-7])"
_OWN_STYLE = re.compile(rf"\x1b\[{_CODE}(?:;{_CODE})*m")
_OWN_LINK = re.compile(r"\x1b\]8;id=([0-9a-f]+);([!-~]+)\x1b\\")
_OWN_LINK_END = "\x1b]8;;\x1b\\"
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)


def raw_controls(text: str) -> list[str]:
    """Control characters that reach a terminal raw: all but newline, tab and our own sequences.

    `text` is what was written, before a terminal's encoding replaces lone surrogates. Of our
    links only those count as such whose id belongs to their target, and which are closed.
    """
    written = text.encode("utf-8", "replace").decode("utf-8")
    without = _OWN_STYLE.sub("", written)
    before = len(_OWN_LINK.findall(without))
    without = _OWN_LINK.sub(_checked_link, without)
    if without.count(_OWN_LINK_END) == before:
        without = without.replace(_OWN_LINK_END, "")
    return _CONTROL.findall(without)


def _checked_link(match: re.Match[str]) -> str:
    identity, target = match.groups()
    return "" if int(identity, 16) == zlib.crc32(target.encode()) else match.group()

"""JSON as the program prints it: readable Unicode, nothing a terminal would obey."""

from __future__ import annotations

import json
import re
import sys

# Control characters beyond those JSON escapes itself, line separators, bidirectional marks,
# lone surrogates, tag characters.
_UNSAFE = re.compile(
    "[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)


def json_text(value: object, *, indent: int | None = None) -> str:
    """`value` as JSON; one line unless `indent` is given. Valid UTF-8 whatever it holds.

    Where standard output takes less than Unicode, what it might not take is escaped.
    """
    text = json.dumps(value, ensure_ascii=not _takes_unicode(), indent=indent)
    return _UNSAFE.sub(_escaped, text)


def _takes_unicode() -> bool:
    encoding = (sys.stdout and sys.stdout.encoding) or "utf-8"
    return "utf" in encoding.lower()


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]

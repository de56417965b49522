"""Web pages where an API's answer was expected: login pages, gateways, wrong addresses."""

from __future__ import annotations

import re

_PAGE = re.compile(r"<(?:!doctype html|html|head|body|title)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_START, _HEAD = 5_000, 100_000  # characters in which a page shows what it is, and its title


def is_page(text: str) -> bool:
    """Whether a body is HTML, whatever its Content-Type says."""
    return text.lstrip().startswith("<") and bool(_PAGE.search(text[:_START]))


def title_of(text: str) -> str:
    """The page's title on one line, or ""."""
    from html import unescape

    found = _TITLE.search(text[:_HEAD])
    return " ".join(unescape(found.group(1)).split()) if found else ""

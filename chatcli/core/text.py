"""Text from outside made safe: for the terminal, and for anything that encodes UTF-8."""

from __future__ import annotations

import re

# C0 but tab and newline, DEL, C1; bidirectional embeddings, overrides and isolates (they can
# make text read other than it is, see CVE-2021-42574); the tag characters, which show nothing.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


# ASCII's control characters have pictures in a Unicode block of their own
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return _PICTURES.get(code) or f"<U+{code:04X}>"


def for_terminal(text: str) -> str:
    r"""Return `text` with every control character replaced by a visible sign.

    Newlines and tabs stay; CR LF becomes LF. ESC becomes `␛`, so an escape sequence is read
    instead of obeyed. Idempotent.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return _UNSAFE.sub(_visible, text) if _UNSAFE.search(text) else text


def one_line(text: str, limit: int = 0) -> str:
    """`for_terminal`, on one line; cut to `limit` characters (0: not cut) with an ellipsis."""
    line = " ".join(for_terminal(text).split())
    return f"{line[: limit - 1]}…" if limit and len(line) > limit else line


PLAIN_TERMINALS = frozenset({"", "dumb", "unknown"})
"""Values of TERM: such a terminal may not obey escape sequences."""


def shell_word(text: str) -> str:
    """`text` on one line and quoted where a shell needs it, to be copied into a command."""
    import shlex

    return shlex.quote(one_line(text))


_SHORTEST_KEY = 16  # characters; no key is shorter
_PATH = re.compile(r"(?<![:/])/[^?#]*")


def without_keys_in_path(url: str) -> str:
    """A URL with `[key]` for whatever in its path looks like one: some gateways want it there."""
    path = _PATH.search(url)
    if not path or all(len(step) < _SHORTEST_KEY for step in path.group().split("/")):
        return url
    from chatcli.core.redaction import redact  # its patterns take time to compile

    return url[: path.start()] + redact(path.group()) + url[path.end() :]


def encodable(text: str) -> str:
    """Join surrogate pairs that arrived apart; a lone half becomes U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class SurrogateJoiner:
    r"""Joins `\ud83d` at the end of one piece with `\ude00` at the start of the next."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """`text` that can be encoded; a high half at its end waits for the low one."""
        if text.isascii() and not self._half:
            return text
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return encodable(text[:-1] if self._half else text)

    def close(self) -> str:
        """A half that never found the other is U+FFFD."""
        half, self._half = self._half, ""
        return encodable(half)

"""Words of a server made safe to show: one line, and no key in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chatcli.core.text import one_line

REDACTED = "[key]"
_LONGEST_READ = 20_000  # characters; an error page may be megabytes
_SHORTEST_SECRET = 4  # a shorter one would take harmless letters out
_TELLING_SECRET = 16  # of a longer one, the first characters alone give it away
_TELLING_PREFIX = 6
_KEYS = re.compile(
    r"""
      (?<![A-Za-z0-9]) (?:sk|pk|rk|gsk|xai|hf|pplx|nvapi|csk|tgp|ghp|gho|ghs|github_pat) [-_]
      [\w.*…-]{6,}                                      # keys with a known beginning
    | (?<![A-Za-z0-9]) AIza [\w-]{20,}                  # Google
    | (?<![A-Za-z0-9]) eyJ [\w-]{8,} \. [\w-]+ (?:\.[\w-]*)?  # a JSON Web Token
    | (?<= bearer\s) (?=\S*\d) [^\s"',;]{6,}            # an Authorization header
    | (?<![\w-]) [\w-]+ \*{3,} [\w-]* | (?<!\*) \*{3,} [\w-]+  # a key the server has masked itself
    | (?<![A-Za-z0-9]) (?=[A-Za-z]*\d) (?=\d*[A-Za-z]) [A-Za-z0-9]{24,}  # random characters
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with every one of `secrets`, and whatever looks like a key, replaced."""
    for secret in secrets:
        if len(secret) >= _TELLING_SECRET:
            beginning = re.escape(secret[:_TELLING_PREFIX])
            text = text.replace(secret, REDACTED)
            text = re.sub(rf"{beginning}[\w.*…-]*", REDACTED, text)
        elif len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, REDACTED)
    return _KEYS.sub(REDACTED, text)


def safe_line(text: str, secrets: Iterable[str] = (), limit: int = 500) -> str:
    """`text` from a server as one line of at most `limit` characters, without keys."""
    # cut last: half a key would not be recognised
    return one_line(redact(one_line(text[:_LONGEST_READ]), secrets), limit)

"""Code highlighted line by line, while its block is still being written."""

from __future__ import annotations

import re

from chatcli.markdown.code.by_line import ByLine, Highlighter, InContext, Plain
from chatcli.markdown.code.embedded import Html
from chatcli.markdown.code.lexing import find_lexer
from chatcli.markdown.code.stateful import Stateful

_LANGUAGE = re.compile(r"[^\s,{}.:;=()]+")


def highlighter(info: str) -> Highlighter:
    """Choose the highlighter for a code block.

    Args:
        info: what follows the opening fence, such as "python" or "rust,ignore".
    """
    language = _LANGUAGE.search(info)
    lexer = find_lexer(language.group()) if language else None
    if lexer is None:
        return Plain()
    from pygments.lexer import ExtendedRegexLexer, RegexLexer

    if isinstance(lexer, ExtendedRegexLexer):
        return InContext(lexer)
    if lexer.name == "HTML":
        return Html(lexer, highlighter)
    return Stateful(lexer) if isinstance(lexer, RegexLexer) else ByLine(lexer)

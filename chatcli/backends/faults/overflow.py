"""Recognises that a conversation is longer than a model can read, in each server's words."""

from __future__ import annotations

import re

from chatcli.backends.faults.details import ErrorDetails

_EMPTY_REFUSALS = (400, 413)
_NUMBER = r"(?<![\d,._])(\d[\d,._]*\d|\d)"
_WORDINGS = re.compile(
    r"""
      context_length_exceeded | exceed_context_size_error | context_?window_?exceeded  # codes
    | exceed\w* \s (?:the \s)? (?:model'?s? \s)? (?:available \s | max(?:imum)? \s)?
      context (?: [ ](?:window|length|size|limit) | [ ]\d)  # OpenAI, llama.cpp, Together, MLX
    | context[ ](?:window|length|size) [^.]{0,40} exceed  # MiniMax
    | maximum \s context \s length                      # vLLM, OpenRouter, OpenAI, Mistral
    | model'?s \s context \s (?:length|window) \s is     # vLLM
    | than \s the \s (?:maximum \s)? model (?:\s input)? \s length   # vLLM, MLC
    | maximum \s prompt \s length                       # xAI
    | input \s token \s count [^.]{0,40} (?:exceeds | but \s model \s only)  # Gemini, Vertex
    | input \s token \s count \s \+ \s max_tokens       # Together
    | reduce \s the \s length \s of \s the \s (?:messages|input|prompt|conversation)  # Groq, vLLM
    | (?:greater|longer|larger|more) \s than \s the \s (?:model'?s? \s)? context  # LM Studio
    | when \s context \s the \s overflows               # LM Studio
    | prompt \s (?:is \s)? too \s long                  # Anthropic, Ollama
    | prompt \s exceeds \s max(?:imum)? \s length       # z.ai
    | input \s is \s too \s long                        # Bedrock
    | too \s many \s input \s tokens                    # the same
    | tokens? [^.]{0,60} exceeds? \s (?:the \s)? (?:configured \s)? limit \s of  # Copilot, OpenAI
    | exceeded \s model \s token \s limit               # Kimi
    | token \s limit \s exceeded
    | range \s of \s input \s length \s should         # Qwen
    | too \s many \s tokens: \s size \s limit          # Cohere
    | current \s length \s is \s \d+ \s while           # Cerebras
    | `?inputs`? \s (?:tokens \s \+ | must \s have \s less \s than)  # TGI
    | string \s too \s long\. \s expected \s a \s string \s with \s maximum \s length
    | max_(?:completion_)?tokens \s must \s be \s at \s least \s 1, \s got \s -   # vLLM
    | too \s many \s tokens \s in \s (?:the \s)? (?:prompt|request|input)
    """,
    re.VERBOSE,
)
_ABOVE_THE_RATE = "must be reduced in order to run"  # OpenAI: no wait makes room for it
_TOO_MANY_TOKENS = re.compile(
    r"token[^.]{0,80}(?:exceed|too many)|(?:exceed|too many)[^.]{0,80}token"
)
_NO_OVERFLOW = ("string_above_max_length", "invalid 'user'")
_LIMITS = (
    rf"maximum context length (?:is|of) (?:only )?{_NUMBER}",
    rf"with {_NUMBER} maximum context length",
    rf"maximum prompt length is {_NUMBER}",
    rf"context limit: \d+ \+ \d+ > {_NUMBER}",
    rf"context (?:length|size|window)(?! exceeds| by)[^\d.]{{0,30}}{_NUMBER}",
    rf"tokens? allowed \(?{_NUMBER}",
    rf"tokens? > {_NUMBER}",
    rf"(?:limit(?: of| is|:)?|must be <=) {_NUMBER}",
)
_SENT = (
    rf"(?:prompt is too long:|requested|resulted in|contains?|there are|passed|given:) {_NUMBER}",
    rf"(?:token count of|token count|request|current length is|keep the first) \(?{_NUMBER}",
    rf"{_NUMBER} tokens,? (?:are |is )?too large",
    rf"tokens? \({_NUMBER}",
)


def is_overflow(status: int | None, details: ErrorDetails) -> bool:
    """Whether the fault is the conversation's length.

    `status` is the answer's, or None inside a stream. An empty 400 or 413 counts: that is
    how Cerebras says it; so does any 413, and a 403 about tokens, which is Together's.
    """
    if details.empty and status in _EMPTY_REFUSALS:
        return True
    words = details.words
    if any(wording in words for wording in _NO_OVERFLOW):
        return False
    if _ABOVE_THE_RATE in words:
        return True
    if status == 429:  # noqa: PLR2004 - about tokens in a minute or a day
        return False
    if status == 413 or _WORDINGS.search(words):  # noqa: PLR2004
        return True
    return status == 403 and bool(_TOO_MANY_TOKENS.search(words))  # noqa: PLR2004


def overflow_figures(details: ErrorDetails) -> tuple[int | None, int | None]:
    """The tokens that were sent and the limit, where the server names them."""
    words = details.words
    sent = details.sent_tokens or _first_number(_SENT, words)
    limit = details.limit_tokens or _first_number(_LIMITS, words)
    return sent, limit


def _first_number(patterns: tuple[str, ...], words: str) -> int | None:
    for pattern in patterns:
        found = re.search(pattern, words)
        if found:
            return int(re.sub(r"\D", "", found.group(1))[:15])
    return None

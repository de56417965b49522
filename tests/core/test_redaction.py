"""Keys never come back from a server onto the screen."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from chatcli.core.redaction import redact, safe_line

SECRETS = [
    "sk-proj-a1B2c3D4e5F6g7H8i9J0",
    "sk-or-v1-0123456789abcdef0123456789abcdef",
    "gsk_a1B2c3D4e5F6g7H8",
    "xai-a1B2c3D4e5F6g7H8",
    "hf_aBcDeFgHiJkLmNoP",
    "AIzaSyA1b2C3d4E5f6G7h8I9j0-K_l",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "0123456789abcdef0123456789abcdef",
    "sk-abcd*********************wxyz",
    "abcd****wxyz",
]
HARMLESS = [
    "meta-llama/Llama-3.3-70B-Instruct-Turbo-Free",
    "the model `gpt-4o-mini-2024-07-18` does not exist",
    "see https://platform.openai.com/account/api-keys for a key",
    "a task-specific risk-averse disk-based model",
    "Bearer authentication required",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "**bold** and ***",
    "antidisestablishmentarianism 100000000000000000000000000",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "sentence", ["{}", "key {} is wrong", "key: '{}'.", '{{"k": "{}"}}', "k={},x"]
)
def test_what_looks_like_a_key_is_taken_out(secret: str, sentence: str) -> None:
    text = redact(sentence.format(secret))
    assert "[key]" in text
    assert secret[:6] not in text
    assert secret[-6:] not in text


def test_a_bearer_header_is_taken_out() -> None:
    assert redact("Authorization: Bearer ab1.cd-ef") == "Authorization: Bearer [key]"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_words_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text("abc-._ ", min_size=4, max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_a_given_secret_is_taken_out_whatever_it_looks_like(
    secret: str, before: str, after: str
) -> None:
    assert secret not in redact(f"{before}\n{secret}\n{after}", [secret]).replace("[key]", "")


def test_the_beginning_of_a_given_secret_is_taken_out() -> None:
    secret = "opaque-secret-of-some-length"
    assert redact("key opaque-s… is wrong", [secret]) == "key [key] is wrong"


def test_a_cut_leaves_no_part_of_a_key() -> None:
    line = safe_line("x" * 490 + " sk-proj-a1B2c3D4e5F6g7H8", limit=500)
    assert len(line) <= 500
    assert "sk-" not in line


def test_one_safe_line() -> None:
    assert safe_line("a\nb\x1b]0;x\x07\u202e") == "a b␛]0;x␇<U+202E>"

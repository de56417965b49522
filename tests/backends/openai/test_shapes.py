"""Chunks, reasoning and usage in every shape servers send them."""

from __future__ import annotations

import json

import pytest

from chatcli.core.model import Usage
from tests.backends.openai_case import ask
from tests.fault_scenarios.reasoning import DETAILS
from tests.fault_server import FaultServer


@pytest.mark.parametrize(
    "scenario",
    ["odd-choices", "odd-data", "error-null", "bom", "cr", "crlf", "multi-line"],
)
def test_odd_events_do_no_harm(server: FaultServer, scenario: str) -> None:
    outcome = ask(server.base_url, scenario)
    assert outcome.text == "Hello world"
    assert outcome.ended


@pytest.mark.parametrize(
    ("scenario", "text"),
    [
        ("drip", "Hello world 😀"),
        ("separators", "a\u2028b\x85c"),
        ("bad-utf8", "w\ufffd\ufffdrld"),
        ("split-surrogate", "ok 😀 end"),
        ("lone-surrogate", "ok \ufffd end"),
        ("escape-codes", "\x1b]0;owned\x07"),
    ],
)
def test_text_arrives_as_it_was_meant(server: FaultServer, scenario: str, text: str) -> None:
    outcome = ask(server.base_url, scenario)
    assert text in outcome.text
    assert outcome.ended
    outcome.text.encode()


def test_a_broken_event_is_left_out_and_said(server: FaultServer) -> None:
    outcome = ask(server.base_url, "broken-json-event")
    assert outcome.text == "Hello world"
    assert "gap" in outcome.notices[0]


def test_five_megabytes_in_one_event(server: FaultServer) -> None:
    outcome = ask(server.base_url, "huge-event")
    assert outcome.text == "0123456789" * 500_000
    assert outcome.ended


@pytest.mark.parametrize(
    "scenario",
    ["reasoning-content", "reasoning", "reasoning-both", "think-split", "content-list"],
)
def test_reasoning_is_kept_apart(server: FaultServer, scenario: str) -> None:
    outcome = ask(server.base_url, scenario)
    assert outcome.reasoning.strip() == "Let me see."
    assert outcome.text == "Hello world"


def test_a_literal_think_tag_is_text(server: FaultServer) -> None:
    outcome = ask(server.base_url, "think-literal")
    assert outcome.text == "Write <think>x</think> to think"
    assert outcome.reasoning == ""


def test_reasoning_details_are_kept_as_they_are(server: FaultServer) -> None:
    outcome = ask(server.base_url, "reasoning-details")
    assert json.loads(outcome.raw_reasoning)["reasoning_details"] == DETAILS
    assert "c2VjcmV0" not in outcome.reasoning


@pytest.mark.parametrize(
    "scenario",
    ["extra", "finish", "cumulative", "choice", "groq", "strings"],
)
def test_usage_is_found_wherever_it_is(server: FaultServer, scenario: str) -> None:
    assert ask(server.base_url, f"usage-{scenario}").usage == Usage(12, 3)


@pytest.mark.parametrize("scenario", ["null", "none"])
def test_unknown_usage_is_unknown(server: FaultServer, scenario: str) -> None:
    assert ask(server.base_url, f"usage-{scenario}").usage in {None, Usage()}


def test_the_servers_own_price_is_taken(server: FaultServer) -> None:
    assert ask(server.base_url, "usage-cost").usage == Usage(12, 3, 0.25)

"""How a stream ends, and what is kept of it."""

from __future__ import annotations

import pytest

from chatcli.errors import (
    BackendError,
    BadResponseError,
    EmptyReplyError,
    ReplyCutOffError,
    ServerFaultError,
)
from tests.backends.openai_case import ask
from tests.fault_server import FaultServer


@pytest.mark.parametrize(
    ("scenario", "finish_reason"),
    [
        ("ok", "stop"),
        ("no-done", "stop"),
        ("no-finish", None),
        ("tight-done", None),
        ("stop-everywhere", "stop"),
        ("odd-finish", "eos"),
        ("gzip-ok", "stop"),
        ("json-reply", "stop"),
    ],
)
def test_a_reply_is_whole(server: FaultServer, scenario: str, finish_reason: str | None) -> None:
    outcome = ask(server.base_url, scenario)
    assert outcome.text == "Hello world"
    assert outcome.ended
    assert outcome.finish_reason == finish_reason


@pytest.mark.parametrize("finish_reason", ["length", "content-filter"])
def test_a_reply_that_stopped_early_says_why(server: FaultServer, finish_reason: str) -> None:
    outcome = ask(server.base_url, finish_reason)
    assert outcome.text == "Half an answer"
    assert outcome.finish_reason == finish_reason.replace("-", "_")


@pytest.mark.parametrize(
    ("scenario", "finish_reason"),
    [("filtered-at-once", "content_filter"), ("tool-call", "tool_calls"), ("no-end", None)],
)
def test_an_ending_that_is_none_of_a_reply_names_its_finish_reason(
    server: FaultServer, scenario: str, finish_reason: str | None
) -> None:
    error = ask(server.base_url, scenario).error
    assert error is not None
    assert error.finish_reason == finish_reason


def test_an_event_without_its_blank_line_is_used(server: FaultServer) -> None:
    outcome = ask(server.base_url, "no-blank-line")
    assert outcome.text == "Hello world!"
    assert outcome.ended


@pytest.mark.parametrize(
    "scenario",
    ["no-end", "cut-chunked", "cut-inside-chunk", "reset", "cut-mid-event", "ollama-crash"],
)
def test_a_cut_reply_keeps_its_text_and_is_not_sent_again(
    server: FaultServer, scenario: str
) -> None:
    outcome = ask(server.base_url, scenario, max_retries=3)
    assert outcome.text == "Half an answer"
    assert isinstance(outcome.error, ReplyCutOffError)
    assert "what came is kept" in outcome.error.message
    assert "chatcli continue" in outcome.error.hint
    assert len(server.requests) == 1


def test_a_connection_lost_before_any_text_claims_to_keep_nothing(server: FaultServer) -> None:
    outcome = ask(server.base_url, "cut-before-text", max_retries=3)
    assert isinstance(outcome.error, ReplyCutOffError)
    assert outcome.error.message == "the connection was lost before any text came"
    assert outcome.error.hint
    assert len(server.requests) == 1


def test_white_space_alone_is_no_text(server: FaultServer) -> None:
    outcome = ask(server.base_url, "blank-reply")
    assert isinstance(outcome.error, EmptyReplyError)
    assert outcome.text == ""


def test_a_tool_call_after_text_is_told(server: FaultServer) -> None:
    outcome = ask(server.base_url, "tool-call-after-text")
    assert outcome.text == "Hello world"
    assert "called a tool" in outcome.notices[0]


@pytest.mark.parametrize(
    "scenario", ["early-hints", "http-1.0", "chunk-extensions", "counts-too-far"]
)
def test_rare_ways_to_speak_http(server: FaultServer, scenario: str) -> None:
    outcome = ask(server.base_url, scenario)
    assert outcome.text == "Hello world"
    assert outcome.ended


@pytest.mark.parametrize(
    ("scenario", "rule"), [("no-http", "illegal status line"), ("huge-head", "too long")]
)
def test_what_is_no_http_is_said_to_be_none(server: FaultServer, scenario: str, rule: str) -> None:
    outcome = ask(server.base_url, scenario, max_retries=3)
    assert isinstance(outcome.error, BadResponseError)
    assert "does not speak proper HTTP" in outcome.error.message
    assert outcome.error.message.endswith(rule)
    assert "base_url" in outcome.error.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize("kept", ["", "Hello world"])
def test_a_body_that_breaks_a_rule_of_http_is_not_called_lost(
    server: FaultServer, kept: str
) -> None:
    outcome = ask(server.base_url, f"chunk-size-broken:{kept and 'later'}")
    assert isinstance(outcome.error, ReplyCutOffError)
    assert outcome.text == kept
    assert "illegal chunk header" in outcome.error.message
    assert ("is kept" in outcome.error.message) is bool(kept)


def test_a_cut_gzip_body_keeps_what_could_be_unpacked(server: FaultServer) -> None:
    outcome = ask(server.base_url, "gzip-cut")
    assert outcome.text.startswith("Half an answer 0")
    assert isinstance(outcome.error, ReplyCutOffError)


def test_a_gzip_body_that_breaks_later_keeps_what_came(server: FaultServer) -> None:
    outcome = ask(server.base_url, "gzip-bad-later")
    assert outcome.text == "Half an answer"
    assert isinstance(outcome.error, BadResponseError)
    assert "what came is kept" in outcome.error.message
    assert "chatcli continue" in outcome.error.hint


@pytest.mark.parametrize(
    ("scenario", "kind", "says"),
    [
        ("gzip-bad", BadResponseError, "compressed"),
        ("empty-reply", EmptyReplyError, "no text"),
        ("json-error", BackendError, "Unexpected endpoint"),
        ("html-200", BadResponseError, "Sign in & go on"),
        ("status-204", BadResponseError, "204"),
        ("empty-body", BadResponseError, "nothing"),
        ("empty-stream", BackendError, ""),
        ("error-first", ServerFaultError, "The engine fell over"),
        ("error-flat", BackendError, "The engine fell over"),
    ],
)
def test_an_answer_that_is_no_reply_is_an_error(
    server: FaultServer, scenario: str, kind: type[BackendError], says: str
) -> None:
    outcome = ask(server.base_url, scenario)
    assert outcome.text == ""
    assert isinstance(outcome.error, kind)
    assert says in outcome.error.message


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ("error-event", "The engine fell over"),
        ("error-openrouter", "upstream ran out of memory"),
        ("error-string", "out of memory"),
        ("error-named-event", "The engine fell over"),
    ],
)
def test_an_error_in_the_stream_keeps_the_text(
    server: FaultServer, scenario: str, says: str
) -> None:
    outcome = ask(server.base_url, scenario, max_retries=3)
    assert outcome.text == "Half an answer"
    assert outcome.error is not None
    assert says in outcome.error.message
    assert len(server.requests) == 1


@pytest.mark.parametrize("scenario", ["error-first", "error-after-usage"])
def test_an_error_before_any_text_is_tried_again(server: FaultServer, scenario: str) -> None:
    server.script(scenario, "ok")
    outcome = ask(server.base_url, "any", max_retries=1)
    assert outcome.text == "Hello world"


def test_a_refusal_is_shown_as_the_answer(server: FaultServer) -> None:
    outcome = ask(server.base_url, "refusal")
    assert outcome.text == "I can't help with that"
    assert outcome.ended
    assert "refused" in outcome.notices[0]

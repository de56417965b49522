"""What a server may do and what the client then does, by number, and where each is tested.

The scenarios of a number say so themselves (`Line 5: …`); the table adds the tests that play
them in a way of their own, and those that need no server. `python -m
tests.fault_scenarios.checklist` prints all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tests.fault_scenarios import SCENARIOS

ERRORS = "backends/openai/test_errors.py"
TIMING = "backends/openai/test_timing.py"
REQUESTS = "backends/openai/test_requests.py"
DECODER = "backends/answer/test_reply_decoder.py"
SPLIT = "backends/answer/test_thinking.py"
WHOLE = "backends/answer/test_whole_reply.py"
CHAT = "screens/test_chat_basics.py"
ADDRESS = "backends/openai/test_address.py"
CREDENTIALS = "backends/openai/test_credentials.py"
PROXY = "backends/openai/test_proxy.py"
CERTIFICATES = "backends/openai/test_certificates.py"
CONNECTION = "backends/openai/test_connection_faults.py"
SEND_INPUT = "cli/test_send_input.py"
INTERRUPTED = "cli/test_send_interrupted.py"


CHECKLIST: dict[int, str] = {
    1: "a clean end without finish_reason and [DONE]: cut off, text kept, what to do is said",
    2: "finish_reason without [DONE]: complete",
    3: "[DONE] without finish_reason: complete",
    4: "[DONE] without space or newline: the same",
    5: "a body cut or reset: text kept, not sent again",
    6: "a body that ends with the connection in mid-event: as 1",
    7: "a last event without blank line: its text counts",
    8: "gzip: read; cut: what could be unpacked; not gzip: said",
    9: "an error event after text: text kept, its message shown",
    10: "OpenRouter's error: the provider's own words",
    11: "an error that is a string",
    12: "an event named error, vLLM's flat error: no empty answer",
    13: "error null: none",
    14: "Ollama's crash, an empty chunk and a clean end: as 1",
    15: "success without text: said, with a word about the context; never sent back",
    16: "a whole JSON completion where a stream was asked for: the answer",
    17: "a JSON error with status 200: an error",
    18: "a web page with status 200: its title, and base_url",
    19: "204, no body: an error",
    20: "choices, delta, content empty, null, absent: no harm",
    21: "content as a list of thinking and text: taken apart",
    22: "an event that is no JSON: left out, and said",
    23: "bytes that are no UTF-8: replaced",
    24: "data that is null, a string, a list, nothing: ignored",
    25: "byte order mark, CR, CR LF, many data lines, U+2028, any pieces: the same text",
    26: "halves of a character in two chunks, or a lone one: storable",
    27: "an event of five megabytes: read",
    28: "control characters: never obeyed by a terminal",
    29: "comments, then text: waited for, with a sign of life",
    30: "comments without end: a limit of our own",
    31: "silence after some text: a limit, text kept",
    32: "no answer at all: a limit, and a cancel works at once",
    33: "a connection held open after [DONE]: not waited for",
    34: "a reply stopped by the user: closed at once, text kept, the next one works",
    35: "reasoning in either field or in both: once",
    36: "reasoning between tags in pieces, only closed, written about",
    37: "reasoning_details: kept raw, sent back only where they came from",
    38: "usage wherever it stands: one number, or unknown",
    39: "finish_reason on every chunk: read on",
    40: "finish_reason length: said to be cut",
    41: "a filter, a refusal: shown as such",
    42: "an unknown finish_reason: stored",
    43: "429 with a wait: counted down, can be stopped, then sent again",
    44: "429 with too long a wait: an error that tells it",
    45: "no quota, no credit: not waited for",
    46: "5xx: tried again, within limits; 401, 403, 404: advice, once",
    47: "error bodies of every shape: readable",
    48: "a conversation that is too long, in each server's words: said, with a way out",
    49: "far fewer tokens read than were sent: said",
    50: "a refused parameter, role, stream: adapted once, remembered",
    51: "one system message first, strict alternation: never violated",
    52: "an answer without text: never sent back",
    53: "an image for a model that reads text: a clear error",
    54: "lists of models in every shape: read, or a name can be typed",
    55: "a redirect: the new address is told, nothing is sent there",
    56: "base_url without scheme, with a path, a query, blanks, empty",
    57: "a key with newline, quotes, other letters: cleaned or refused, never shown",
    58: "proxies and certificate files that are no use: named",
    59: "variables for OpenAI: not sent to another server",
    60: "nothing listens on this machine: said at once",
    61: "kill -9 in a reply: its text is in the store, marked as cut off",
    62: "a prompt with half a character, NUL, two megabytes: sent",
}
"""What is tested, by number."""
TESTS: dict[int, tuple[str, ...]] = {
    18: (f"{WHOLE}::test_a_web_page_is_named_by_its_title",),
    25: (
        f"{DECODER}::test_any_cut_gives_the_same_reply",
        "backends/answer/test_sse.py::test_any_line_ending_gives_the_same_events",
    ),
    28: (
        "security/test_terminal.py::test_neither_reply_nor_error_is_obeyed",
        "security/test_terminal.py::test_the_chat_obeys_nothing",
    ),
    30: (f"{TIMING}::test_no_first_text_has_a_limit",),
    32: (
        f"{TIMING}::test_cancelling_closes_the_connection",
        f"{INTERRUPTED}::test_ctrl_c_before_the_first_text_ends_it_at_once",
    ),
    34: (
        f"{TIMING}::test_closing_the_generator_closes_the_connection",
        f"{INTERRUPTED}::test_a_signal_stops_the_reply_and_its_text_is_kept",
        f"{CHAT}::test_ctrl_c_clears_stops_warns_leaves",
    ),
    36: (
        f"{SPLIT}::test_any_cut_gives_the_same_split",
        "backends/openai/test_unopened_reasoning.py::test_text_that_was_given_is_called_reasoning",
    ),
    37: (f"{REQUESTS}::test_reasoning_details_go_back_to_where_they_came_from_only",),
    43: (
        f"{ERRORS}::test_closing_during_the_countdown_sends_nothing_more",
        f"{CHAT}::test_a_retry_counts_down_and_ctrl_c_ends_it",
    ),
    44: (f"{ERRORS}::test_a_server_that_asks_for_too_long_a_wait_gets_none",),
    46: (
        f"{ERRORS}::test_retries_are_limited",
        f"{ERRORS}::test_a_refusal_is_final_and_says_what_to_do",
    ),
    47: ("backends/faults/test_mapping.py::test_words",),
    48: ("backends/faults/test_overflow.py::test_overflow_figures",),
    50: (
        f"{REQUESTS}::test_a_refused_parameter_is_adapted_once_and_remembered",
        "cli/test_doctor.py::test_what_was_learned_about_a_server_is_told",
    ),
    51: (
        "backends/openai/test_request_body.py::test_one_system_message_then_user_and_assistant_in_turn",
    ),
    52: (f"{REQUESTS}::test_roles_alternate_whatever_the_history",),
    56: (
        f"{ADDRESS}::test_an_address_is_repaired",
        f"{ADDRESS}::test_a_query_in_the_address_goes_with_every_request",
        f"{ADDRESS}::test_an_impossible_address_is_named",
    ),
    57: (
        f"{CREDENTIALS}::test_an_impossible_key_is_refused_and_not_shown",
        "security/test_keys.py::test_no_fault_leaves_a_key_anywhere",
    ),
    58: (
        f"{PROXY}::test_a_useless_proxy_is_named",
        f"{PROXY}::test_a_socks_proxy_works_or_says_what_is_missing",
        f"{PROXY}::test_a_proxy_variable_is_not_used_for_this_machine",
        f"{CERTIFICATES}::test_a_missing_certificate_file_is_named",
    ),
    59: (f"{CREDENTIALS}::test_variables_meant_for_openai_do_not_reach_another_server",),
    60: (
        f"{CONNECTION}::test_nobody_listening_is_said_at_once",
        f"{CONNECTION}::test_a_silent_port_of_ollama_asks_whether_it_runs",
    ),
    61: (
        "durability/test_program_killed.py::test_ten_kills_lose_nothing_that_was_promised",
        "screens/test_chat_ends.py::test_kill_9_loses_nothing_that_was_shown_for_a_while",
    ),
    62: (
        f"{REQUESTS}::test_any_prompt_can_be_sent",
        f"{SEND_INPUT}::test_two_megabytes_are_sent_whole",
    ),
}
"""FILE::TEST below `tests`, beside those that play the scenarios of a number."""
UNTESTED = {53: "chatcli sends text only, so no history holds an image to be replaced"}
"""What of a number nothing tests, and why."""
_NUMBERS = re.compile(r"Lines? ((?:\d+, )*\d+): ")


def numbers_in(text: str) -> list[int]:
    """The numbers a scenario's sentence begins with: `Lines 43, 44: …`."""
    found = _NUMBERS.match(text)
    return [int(number) for number in found.group(1).split(", ")] if found else []


def scenarios_of(number: int) -> list[str]:
    """The names of the scenarios that say they are for a number."""
    return sorted(n for n, play in SCENARIOS.items() if number in numbers_in(play.__doc__ or ""))


def print_checklist(write: Callable[[str], object] = print) -> None:
    """Print every number with its scenarios and tests."""
    for number, says in CHECKLIST.items():
        write(f"{number:2}  {says}")
        reason = [UNTESTED[number]] if number in UNTESTED else []
        _print_all(write, "scenarios", scenarios_of(number))
        _print_all(write, "tests", TESTS.get(number, ()))
        _print_all(write, "untested", reason)


def _print_all(write: Callable[[str], object], what: str, names: Sequence[str]) -> None:
    if names:
        write(f"      {what}: {', '.join(names)}")


if __name__ == "__main__":
    print_checklist()

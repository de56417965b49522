"""What people expect of an input line: several lines, pastes, history, completion."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.screens.chat import PROGRAM, READY, environment, open_chat, prompts
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.screen


def test_new_lines_by_ctrl_j_and_alt_enter(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.send("first")
        chat.key("ctrl-j")
        chat.send("second")
        chat.key("alt-enter")
        chat.send("third")
        chat.wait_for("  third")
        chat.key("enter")
        chat.wait_for("You said: first")
    assert prompts(tmp_path) == ["first\nsecond\nthird"]


def test_a_short_paste_is_shown_and_not_sent(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.paste("one\ntwo\nthree")
        chat.wait_for("  three")
        chat.send(" four")
        chat.key("enter")
        chat.wait_for("You said")
    assert prompts(tmp_path) == ["one\ntwo\nthree four"]


def test_signs_that_turn_or_hide_text_are_seen_and_sent(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.paste("日本 a\u202eb\U000e0041\n\u2066c")
        chat.wait_for("> 日本 a<U+202E>b<U+E0041>")
        chat.wait_for("  <U+2066>c")
        chat.key("left", "left")
        chat.send("!")
        chat.wait_for("  !<U+2066>c")
        chat.key("enter")
        chat.wait_for("You said")
        written = bytes(chat.raw).decode()
    assert prompts(tmp_path) == ["日本 a\u202eb\U000e0041\n!\u2066c"]
    assert not set(written) & {"\u202e", "\u2066", "\U000e0041"}


def test_tabs_look_like_tabs_and_are_sent(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.paste("a\tb\n\tindented")
        chat.wait_for("> a   b")
        chat.wait_for("      indented")
        chat.key("left", "left")
        chat.send("!")
        chat.wait_for("indent!ed")
        chat.key("enter")
        chat.wait_for("You said")
    assert prompts(tmp_path) == ["a\tb\n\tindent!ed"]


def test_a_megabyte_is_folded_and_sent_whole(tmp_path: Path) -> None:
    text = "".join(f"line {number} {'x' * 72}\n" for number in range(12_345))
    with open_chat(tmp_path) as chat:
        chat.send("look: ")
        chat.paste(text)
        chat.wait_for("> look: [pasted 12,345 lines]")
        chat.send("thanks")
        chat.key("enter")
        chat.wait_for_line("more lines were sent")
        chat.wait_for_line("You said")
    assert prompts(tmp_path) == [f"look: {text}thanks"]


def test_a_fold_is_one_character_to_the_cursor(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.send("keep ")
        chat.paste("away\n" * 50)
        chat.wait_for("[pasted 50 lines]")
        chat.key("left")
        chat.send("<")
        chat.key("right")
        chat.send(">")
        chat.wait_for("keep <[pasted 50 lines]>")
        chat.key("backspace", "backspace", "enter")
        chat.wait_for("You said: keep <")
    assert prompts(tmp_path) == ["keep <"]


def test_history_outlives_the_chat_and_is_searched(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        for text in ("about apples", "about bananas"):
            chat.enter(text)
            chat.wait_for(f"You said: {text}")
        chat.key("ctrl-d")
        chat.wait_exit()
    history = tmp_path / "history.jsonl"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert [json.loads(line) for line in history.open()] == ["about apples", "about bananas"]
    with open_chat(tmp_path) as chat:
        chat.key("up")
        chat.wait_for("> about bananas")
        chat.key("ctrl-c", "ctrl-r")
        chat.send("app")
        chat.wait_for("> about apples")
        chat.key("enter", "enter")
        chat.wait_for("You said: about apples")


def test_up_right_after_the_key_that_emptied_the_input(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.send("a draft")
        chat.wait_for("> a draft")
        chat.send("\x03\x1b[A and more\r")
        chat.wait_for("You said: a draft and more")
        chat.send("again\r\x1b[A")
        chat.wait_for("You said: again")
        chat.wait_for("> again\n1 chat-1")


def test_up_as_soon_as_the_prompt_is_there(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("remember this")
        chat.wait_for("You said: remember this")
    with Terminal(PROGRAM, environment=environment(tmp_path)) as chat:
        chat.wait_for(lambda: b"> " in chat.raw)
        chat.key("up")
        chat.wait_for("> remember this")
        chat.wait_for("/help shows")
        chat.wait_for("> remember this")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A text in another encoding; a sequence that only a mouse would send."""
    with open_chat(tmp_path, extra={"EDITOR": "true"}) as chat:
        chat.send(b"caf\xe9 \x1b[31mred")
        chat.wait_for("> caf\ufffd red")
        chat.key("ctrl-g")
        chat.settle()
        chat.wait_for("> caf\ufffd red")
        chat.key("enter")
        chat.wait_for("You said: caf\ufffd red")
        chat.send(b"/new caf\xe9\r")
        chat.wait_for("2 caf\ufffd")
        assert "unexpected" not in chat.text()


def test_tab_after_the_home_of_nobody(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.send("see ~nobody-of-this-name/\t")
        chat.send("x")
        chat.wait_for("~nobody-of-this-name/x")
        chat.settle()
        assert "unexpected" not in chat.text()


def test_tab_completes_commands_sessions_models_and_files(tmp_path: Path) -> None:
    (tmp_path / "letter.md").write_text("x")
    with open_chat(tmp_path, columns=200) as chat:  # the file's path must not be broken in two
        for name in ("pineapple", "pear", "other"):
            chat.enter(f"/new {name}")
            chat.wait_for(f"── {name}")
            chat.enter(f"about {name}")
            chat.wait_for(f"You said: about {name}")
        chat.send("/swi\t")
        chat.wait_for("> /switch")
        chat.send(" pi\t")
        chat.wait_for("> /switch pineapple")
        chat.key("ctrl-c")
        chat.send("/s p")
        chat.key("tab")
        chat.wait_for("just now · about pear")
        chat.key("ctrl-c")
        chat.enter('/rename "quite other"')
        chat.wait_for("is now called quite other")
        chat.enter("/s pear")
        chat.wait_for_line("> /s pear")
        chat.send("/s qu\t")
        chat.wait_for('> /s "quite other"')
        chat.key("ctrl-c")
        chat.send("/model obedient/t\t")
        chat.wait_for("> /model obedient/two")
        chat.key("ctrl-c")
        chat.send(f"read {tmp_path}/let\t")
        chat.wait_for("letter.md")


def test_a_copied_block_goes_to_the_terminal(tmp_path: Path) -> None:
    with open_chat(tmp_path, extra={"PATH": "/nonexistent"}) as chat:
        chat.enter("say text|```python|print(1)|```")
        chat.wait_for("\n print(1)")
        chat.enter("/copy 1")
        chat.wait_for("copied code block 1")
        chat.wait_for(lambda: b"\x1b]52;c;cHJpbnQoMSkK\x07" in chat.raw)
        chat.enter("/copy 2")
        chat.wait_for("The last reply has 1 code block\n")


def test_an_empty_input_sends_nothing(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.key("enter", "enter")
        chat.send("   ")
        chat.key("enter")
        chat.wait_for(READY)
        chat.enter("something")
        chat.wait_for("You said: something")
    assert prompts(tmp_path) == ["something"]


def test_a_search_without_result_says_so(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("the needle")
        chat.wait_for("You said: the needle")
        chat.key("ctrl-r")
        chat.send("need")
        chat.wait_for("search backward: need")
        chat.send("z")
        chat.wait_for("not found backward: needz")
        chat.key("backspace")
        chat.wait_for("search backward: need")


def test_up_and_down_move_within_a_long_line(tmp_path: Path) -> None:
    with open_chat(tmp_path, columns=40) as chat:
        chat.enter("earlier")
        chat.wait_for("You said: earlier")
        chat.send("a" * 30 + "b" * 30 + "c" * 30)
        chat.wait_for("ccc")
        chat.key("up", "up")
        chat.send("1")
        chat.key("down")
        chat.send("2")
        chat.key("enter")
        chat.wait_for(lambda: chat.text().count("You said") == 2)
    assert prompts(tmp_path)[-1] == "a" * 14 + "1" + "a" * 16 + "b" * 22 + "2" + "b" * 8 + "c" * 30


def test_what_was_being_written_is_not_lost_when_an_earlier_prompt_is_sent(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.send("half a thought")
        chat.key("up")
        chat.wait_for("> first")
        chat.key("enter")
        chat.wait_for(lambda: chat.text().count("You said: first") == 2)
        chat.key("up", "up")
        chat.wait_for("> half a thought")

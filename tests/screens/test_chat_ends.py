"""Ways in which a chat ends or stands still, and what is there afterwards."""

from __future__ import annotations

import re
import shlex
import signal
import termios
from pathlib import Path

import pytest

from chatcli.core.model import TurnStatus
from chatcli.storage.sqlite import SqliteStore
from tests.screens.chat import PROGRAM, READY, environment, numbers, open_chat
from tests.screens.pseudo_terminal import WAIT_SECONDS
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.screen

TOO_MUCH_TO_HOLD = 60_000
"""Bytes that a terminal which does not read cannot keep."""


def stored_numbers(folder: Path, session: str = "chat-1") -> list[int]:
    """The numbered words of a session's last reply, and that it is incomplete."""
    store = SqliteStore.open(folder / "chatcli.db")
    try:
        reply = store.thread(store.find_session(session).id)[-1]
    finally:
        store.close()
    assert reply.status is TurnStatus.INCOMPLETE
    return numbers(reply.content, "w")


def shown_before_the_end(chat: Terminal) -> int:
    """The highest number that stood on the screen."""
    return max(numbers(chat.text(), "w"))


def test_kill_9_loses_nothing_that_was_shown_for_a_while(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 200 w")
        chat.wait_for_line("w150")
        chat.send("an unsent draft")
        chat.wait_for("> an unsent draft")
        seen = shown_before_the_end(chat)
        chat.wait_for_line(f"w{seen + 300}")
        chat.process.kill()
        chat.wait_exit()
    with open_chat(tmp_path, "session=chat-1") as chat:
        chat.wait_for_line("/retry asks again")
        chat.wait_for_line(f"w{seen}")
        chat.wait_for("> an unsent draft")
        chat.key("ctrl-c")
        chat.enter("go on")
        chat.wait_for("You said: go on")


def test_the_next_chat_tells_which_reply_was_cut_off(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 200 w")
        chat.wait_for_line("w150")
        chat.process.kill()
        chat.wait_exit()
    with open_chat(tmp_path) as chat:
        chat.wait_for("2 chat-1 ◐●1")
        chat.enter("/switch chat-1")
        chat.wait_for_line("/retry asks again")
        chat.wait_for(lambda: "◐" not in chat.text())


def test_a_reply_that_is_over_is_printed_to_its_end_before_the_chat_is_left(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("words 1000 0 w")
        chat.wait_for_line("w99")
        chat.key("ctrl-d")
        assert chat.wait_exit() == 0
        assert numbers(chat.text(), "w") == list(range(1000))


def test_a_question_is_not_kept_up_once_nothing_is_written_any_more(tmp_path: Path) -> None:
    over = tmp_path / "over"
    with open_chat(tmp_path) as chat:
        chat.enter(f"words 40 100 w {over}")
        chat.wait_for("w20 ")
        chat.key("ctrl-d")
        chat.wait_for("still writing: chat-1")
        over.touch()
        assert chat.wait_exit() == 0
        assert numbers(chat.text(), "w") == list(range(40))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 900 200 w")  # a few seconds: it is not waited for
        chat.wait_for_line("w100")
        chat.send("an unsent draft")
        chat.wait_for("> an unsent draft")
        chat.process.send_signal(number)
        assert chat.wait_exit() == 128 + number
        flags = termios.tcgetattr(chat.master)[3]
        assert flags & termios.ECHO
        assert flags & termios.ICANON
        assert chat.raw.rindex(b"\x1b[?25h") > chat.raw.rindex(b"\x1b[?25l")
        seen = shown_before_the_end(chat)
    assert stored_numbers(tmp_path)[: seen + 1] == list(range(seen + 1))
    with open_chat(tmp_path, "session=chat-1") as chat:
        chat.wait_for("> an unsent draft")


def test_a_closed_window_ends_it_and_keeps_the_text(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 200 w")
        chat.wait_for_line("w100")
        seen = shown_before_the_end(chat)
        chat.hang_up()
        chat.process.wait(60)
    assert stored_numbers(tmp_path)[: seen + 1] == list(range(seen + 1))


def test_a_draft_of_a_session_that_is_not_stored_is_in_the_history(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.send("too early to send")
        chat.wait_for("> too early to send")
        chat.process.send_signal(signal.SIGTERM)
        chat.wait_exit()
    with open_chat(tmp_path) as chat:
        chat.key("up")
        chat.wait_for("> too early to send")


def test_kill_9_leaves_even_the_draft_of_a_session_that_is_not_stored(tmp_path: Path) -> None:
    with open_chat(tmp_path, "session=plans") as chat:
        chat.send("not sent yet")
        chat.wait_for("> not sent yet")
        chat.wait_for(lambda: list(tmp_path.glob("unsent-*.json")))
        chat.process.kill()
        chat.wait_exit()
    with open_chat(tmp_path, "session=plans") as chat:
        chat.wait_for("> not sent yet")
        chat.key("ctrl-c", "ctrl-d")
        chat.wait_exit()
    assert not list(tmp_path.glob("unsent-*"))


def test_kill_9_leaves_queued_messages_in_order(tmp_path: Path) -> None:
    def unsent() -> str:
        return "".join(path.read_text() for path in tmp_path.glob("unsent-*.json"))

    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("writing")
        chat.enter("first in line")
        chat.enter("second in line")
        chat.wait_for("2 queued")
        chat.send("being typed")
        chat.wait_for("> being typed")
        chat.wait_for(lambda: "second in line" in unsent())
        store = SqliteStore.open(tmp_path / "chatcli.db")
        chat.wait_for(lambda: store.find_session("chat-1").draft == "being typed")
        store.close()
        chat.process.kill()
        chat.wait_exit()
    with open_chat(tmp_path) as chat:
        chat.wait_for("not sent last time: in the input of chat-1")
        chat.enter("/switch chat-1")
        chat.wait_for(re.compile(r"> first in line\s+second in line\s+being typed"))


def test_a_message_that_was_sent_is_not_offered_again(tmp_path: Path) -> None:
    over = tmp_path / "over"
    with open_chat(tmp_path) as chat:
        chat.enter(f"words 30 20 w {over}")
        chat.wait_for("writing")
        chat.enter("words 100000 50 v")
        chat.wait_for(lambda: list(tmp_path.glob("unsent-*.json")))
        over.touch()
        chat.wait_for_line("v5")
        chat.wait_for(lambda: not list(tmp_path.glob("unsent-*.json")))
        chat.process.kill()
        chat.wait_exit()
    with open_chat(tmp_path, "session=chat-1") as chat:
        chat.wait_for("/retry asks again")
        chat.wait_for(READY)


def test_queued_messages_become_a_draft(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("writing")
        chat.enter("still to come")
        chat.wait_for("1 queued")
        chat.process.send_signal(signal.SIGTERM)
        chat.wait_exit()
    with open_chat(tmp_path, "session=chat-1") as chat:
        chat.wait_for("> still to come")


def test_leaving_sends_no_message_that_waits(tmp_path: Path) -> None:
    with open_chat(tmp_path, columns=44) as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("writing")
        chat.enter("first in line")
        chat.enter("second in line")
        chat.wait_for("2 queued")
        chat.key("ctrl-d")
        chat.wait_for("still writing: chat-1")
        chat.wait_for("Esc stays")
        chat.send("q")
        assert chat.wait_exit() == 0
        assert "You said" not in chat.text()
        assert "the reply was stopped" in chat.text()
        assert "comes back here" in chat.text()
    with open_chat(tmp_path, "session=chat-1") as chat:
        chat.wait_for(re.compile(r"> first in line\s+second in line"))


def test_ctrl_z_stops_it_and_fg_brings_it_back(tmp_path: Path) -> None:
    shell = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(shell, environment=environment(tmp_path, {"PS1": "shell$ "})) as chat:
        chat.wait_for("shell$")
        chat.enter(shlex.join(PROGRAM))
        chat.wait_for("/help shows")
        chat.enter("hello")
        chat.wait_for("You said: hello")
        chat.send("half a line")
        chat.wait_for("> half a line")
        chat.key("ctrl-z")
        chat.wait_for("Stopped")
        chat.enter("echo in the $((40 + 2)) shell")
        chat.wait_for("in the 42 shell")
        chat.enter("fg")
        chat.wait_for("> half a line")
        chat.enter(" and the rest")
        chat.wait_for("You said: half a line and the rest")
        chat.key("ctrl-d")
        chat.wait_for("comes back here")
        chat.enter("exit")
        assert chat.wait_exit() == 0


def test_a_terminal_that_stops_reading_does_not_stop_the_replies(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 3000 1500 w")
        chat.wait_for("writing")
        chat.enter("/new other")
        chat.wait_for("── other")
        chat.enter("words 100000 1500 v")
        chat.wait_for_line("v200")
        chat.reading.clear()
        store = SqliteStore.open(tmp_path / "chatcli.db")
        session = store.find_session("chat-1")
        chat.wait_for(lambda: store.thread(session.id)[-1].status is TurnStatus.COMPLETE)
        store.close()
        chat.reading.set()
        chat.key("ctrl-c")
        chat.wait_for_line("the reply was stopped")
        chat.settle()
        words = numbers(chat.text(), "v")
        assert words == list(range(len(words)))
        chat.enter("/s 1")
        chat.wait_for_line("w2999")


def test_a_terminal_that_does_not_read_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 6000 w")
        chat.wait_for_line("w200")
        chat.reading.clear()
        store = SqliteStore.open(tmp_path / "chatcli.db")
        session = store.find_session("chat-1")
        chat.wait_for(lambda: len(store.thread(session.id)[-1].content) > TOO_MUCH_TO_HOLD)
        store.close()
        chat.process.send_signal(signal.SIGTERM)
        assert chat.process.wait(WAIT_SECONDS) == 128 + signal.SIGTERM
        chat.reading.set()
        chat.wait_exit()
        for off, on in ((b"[?2004l", b"[?2004h"), (b"[?25h", b"[?25l"), (b"[?7h", b"[?7l")):
            assert chat.raw.rindex(off) > chat.raw.rindex(on)
    assert stored_numbers(tmp_path)


def test_a_start_that_fails_leaves_a_message_and_a_usable_terminal(tmp_path: Path) -> None:
    (tmp_path / "chatcli.db").write_text("this is no database")
    with pytest.raises(TimeoutError, match="before the end"), open_chat(tmp_path):
        pass


def test_what_libraries_print_does_not_reach_the_screen(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("print something")
        chat.wait_for("said it aloud")
        chat.settle()
        assert "on standard" not in chat.text()
        assert READY in chat.visible()[-2] + chat.visible()[-3] + "\n".join(chat.visible())
    assert "on standard output" in (tmp_path / "chatcli.log").read_text()

"""Several sessions in one chat: switching, numbers, unread text, notices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatcli.storage.sqlite import SqliteStore
from tests.screens.chat import READY, numbers, open_chat, wait_for_words

pytestmark = pytest.mark.screen


def test_leaving_a_session_never_stops_its_reply(tmp_path: Path) -> None:
    over = tmp_path / "over"
    with open_chat(tmp_path) as chat:
        chat.enter(f"words 400 200 w {over}")
        chat.wait_for_line("w20")
        chat.enter("/new other")
        chat.wait_for("── other")
        chat.wait_for(re.compile(r"1 chat-1 ▸  2 other"))
        chat.enter("hello")
        chat.wait_for("You said: hello")
        over.touch()
        chat.wait_for("chat-1 has answered · Alt-1")
        chat.wait_for("1 chat-1 ●1")
        chat.enter("/switch -")
        chat.wait_for_line("── chat-1")
        chat.wait_for_line("w399")
        chat.wait_for(lambda: not chat.shows("chat-1 ●1"))
        wait_for_words(chat, 400)


def test_sessions_are_reached_by_number_name_and_prefix(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        for name in ("apples", "bananas"):
            chat.enter(f"/new {name}")
            chat.wait_for(f"── {name}")
            chat.enter(f"about {name}")
            chat.wait_for(f"You said: about {name}")
        chat.key("alt-1")
        chat.wait_for_line("── chat-1")
        chat.enter("/s ban")
        chat.wait_for(lambda: chat.text().count("── bananas") == 2)
        chat.enter("/switch 2")
        chat.wait_for(lambda: chat.text().count("── apples") == 2)
        chat.enter("/switch 7")
        chat.wait_for("No session is called '7'")


def test_alt_n_goes_to_what_is_unread(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("/new two")
        chat.wait_for("── two")
        chat.enter("/send chat-1 say something new")
        chat.wait_for("chat-1 ●1")
        chat.key("alt-n")
        chat.wait_for("something new")
        chat.wait_for("── chat-1")
        chat.key("alt-n")
        chat.wait_for("nothing is unread")
        chat.key("alt-9")
        chat.wait_for("no session has the number 9")
        chat.send("x")
        chat.wait_for(lambda: not chat.shows("no session has"))


def test_drafts_stay_with_their_sessions(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("/new two")
        chat.wait_for("── two")
        chat.send("draft of two")
        chat.wait_for("> draft of two")
        chat.key("alt-1")
        chat.wait_for(f"> {READY}")
        chat.send("draft of one")
        chat.wait_for("> draft of one")
        chat.key("alt-2")
        chat.wait_for("> draft of two")


def test_what_nobody_has_seen_is_unread_after_a_new_start(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("/new two")
        chat.wait_for("── two")
        chat.enter("/send chat-1 say news for later")
        chat.wait_for("chat-1 has answered")
        chat.wait_for("chat-1 ●1")
        chat.key("ctrl-d")
        assert chat.wait_exit() == 0
        assert chat.text().count("news for later") == 1
    with open_chat(tmp_path, "session=two2") as chat:
        chat.wait_for("chat-1 ●1")
        chat.enter("/switch chat-1")
        chat.wait_for("\nnews for later")
        chat.key("ctrl-d")
        chat.wait_exit()
    store = SqliteStore.open(tmp_path / "chatcli.db")
    assert store.find_session("chat-1").unread == 0
    store.close()


def test_a_reply_whose_end_is_nothing_more_to_print_is_read(tmp_path: Path) -> None:
    """The server ends it a while after its last block has been printed."""
    over = tmp_path / "over"
    with open_chat(tmp_path) as chat:
        chat.enter(f"untagged {over} all of it||---||")
        chat.wait_for("all of it\n\n---")
        over.touch()
        chat.wait_for(lambda: not chat.shows("Ctrl-C stops"))
        chat.key("ctrl-d")
        assert chat.wait_exit() == 0
    store = SqliteStore.open(tmp_path / "chatcli.db")
    assert store.find_session("chat-1").unread == 0
    store.close()


def test_the_last_page_and_a_pointer_are_shown_of_a_long_session(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 2000 0 w")
        chat.wait_for_line("w1999")
        chat.enter("say the last one")
        chat.wait_for_line("\nthe last one")
        chat.key("ctrl-d")
        chat.wait_exit()
    with open_chat(tmp_path, "session=chat-1") as chat:
        chat.wait_for("the last one")
        chat.wait_for("/history shows it")
        assert len(numbers(chat.text(), "w")) < 600
        chat.enter("/history 4")
        chat.wait_for_line("w0 w1")
        chat.wait_for(lambda: numbers(chat.text(), "w")[-2000:] == list(range(2000)))


def test_a_long_unread_text_is_cut_with_a_pointer(tmp_path: Path) -> None:
    with open_chat(tmp_path, "unread_lines=20") as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("/new two")
        chat.wait_for("── two")
        chat.enter("/send chat-1 words 3000 0 w")
        chat.wait_for("chat-1 ●1")
        chat.key("alt-1")
        chat.wait_for_line("/history shows it")
        chat.wait_for_line("w2999")
        assert len(numbers(chat.text(), "w")) < 1000


def test_ending_the_session_in_view_goes_to_another(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("/new two")
        chat.wait_for("── two")
        chat.enter("second")
        chat.wait_for("You said: second")
        chat.enter("/end")
        chat.wait_for("session 'two' ended")
        chat.wait_for_line("── chat-1")
        chat.enter("/end")
        chat.wait_for("session 'chat-1' ended")
        chat.wait_for("── new")
        chat.enter("/restore two")
        chat.wait_for(lambda: chat.text().count("── two") == 2)


def test_a_message_that_an_end_overtakes_comes_back_with_the_session(tmp_path: Path) -> None:
    with open_chat(tmp_path, "session=busy") as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("w3")
        chat.enter("queued behind it")
        chat.enter("and behind that")
        chat.wait_for("2 queued")
        chat.enter("/end")
        chat.wait_for("Your message is back in that session's input.")
        chat.wait_for("“and behind that” is in the prompt history")
        chat.enter("/restore busy")
        chat.wait_for("> queued behind it\n")


def test_renaming_shows_at_once(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("/rename first-steps")
        chat.wait_for("1 first-steps")
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("/model obedient/two")
        chat.enter("/sessions")
        chat.wait_for(re.compile(r"1\s+first-steps\s+obedient/two"))


def test_a_full_session_gives_the_message_back(tmp_path: Path) -> None:
    with open_chat(tmp_path, "max_turns_per_session=2") as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.enter("one too many")
        chat.wait_for("Your message is back in the input")
        chat.wait_for("> one too many")


def test_a_session_that_makes_room_is_told_and_leaves_the_toolbar(tmp_path: Path) -> None:
    with open_chat(tmp_path, "max_sessions=2") as chat:
        for number in (1, 2, 3):
            chat.enter(f"message {number}")
            chat.wait_for(f"You said: message {number}")
            chat.enter("/new")
            chat.wait_for("new")
        chat.wait_for_line("'chat-1' was ended to make room")
        chat.wait_for(lambda: "chat-1" not in chat.visible()[-1] + chat.visible()[-2])


def test_the_end_of_a_reply_out_of_view_rings_and_notifies(tmp_path: Path) -> None:
    over = tmp_path / "over"
    with open_chat(tmp_path, "bell=True", "notify=True") as chat:
        chat.enter(f"words 60 40 w {over}")
        chat.wait_for("writing")
        chat.enter("/new other")
        chat.wait_for("── other")
        over.touch()
        chat.wait_for("chat-1 has answered")
        assert b"\x1b]9;chatcli: chat-1 has answered\x07" in chat.raw
        assert chat.raw.count(b"\x07") == 2


def test_a_notice_never_stands_inside_a_block(tmp_path: Path) -> None:
    code = "|".join(f"line{number} = {number}" for number in range(40))
    (tmp_path / "code.md").write_text(f"```python\n{code}\n```\nafter".replace("|", "\n"))
    over = tmp_path / "over"
    with open_chat(tmp_path) as chat:
        chat.enter(f"words 60 40 w {over}")
        chat.wait_for("writing")
        chat.enter("/new code")
        chat.wait_for("── code")
        chat.enter(f"file {tmp_path}/code.md 60")
        chat.wait_for_line("line9 = 9")
        over.touch()
        chat.wait_for_line("line39 = 39")
        chat.wait_for_line("chat-1 has answered")
        lines = [line.strip() for line in chat.lines()]
        first = lines.index("line0 = 0")
        assert lines[first : first + 40] == code.split("|")


def test_a_session_opened_while_it_is_written_is_shown_once(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("first")
        chat.wait_for("You said: first")
        chat.key("ctrl-d")
        chat.wait_exit()
    over = tmp_path / "over"
    with open_chat(tmp_path) as chat:
        chat.enter(f"/send chat-1 words 300 60 w {over}")
        chat.wait_for("chat-1 ▸")
        chat.enter("/switch chat-1")
        chat.enter("typed at once")
        chat.wait_for("1 queued")
        over.touch()
        chat.wait_for_line("w299")
        chat.wait_for("You said: typed at once")
        wait_for_words(chat, 300)
        lines = chat.lines()
        begins = [at for at, line in enumerate(lines) if line.startswith("> words 300 60 w")]
        assert len(begins) == 1
        assert begins[0] > lines.index("You said: first")


def test_a_new_session_asks_the_model_that_the_chat_was_started_with(tmp_path: Path) -> None:
    with open_chat(tmp_path, "model=obedient/two") as chat:
        chat.enter("/new other")
        chat.wait_for("── other · obedient/two")
        chat.enter("/new third -m obedient/one")
        chat.wait_for("── third · obedient/one")
        for _ in range(3):
            chat.enter("/end")
        chat.wait_for("── new · obedient/two")


def test_a_new_session_takes_the_place_of_one_that_was_never_used(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("/new build")
        chat.wait_for("── build")
        chat.wait_for(re.compile(r"^1 build$", re.MULTILINE))
        chat.enter("/new notes")
        chat.wait_for(re.compile(r"^1 build  2 notes$", re.MULTILINE))
        chat.enter("/new")
        chat.wait_for(re.compile(r"^1 build  2 notes  3 new$", re.MULTILINE))
        chat.enter("/switch -")
        chat.wait_for(lambda: chat.text().count("── notes") == 2)

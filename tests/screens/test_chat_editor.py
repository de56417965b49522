"""The draft in an editor, and vi's keys in the chat's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.chat import open_chat, prompts

pytestmark = pytest.mark.screen


def test_the_editor_changes_the_draft(tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf "edited: %s\\n" "$(cat $1)" > "$1"\n')
    editor.chmod(0o700)
    with open_chat(tmp_path, extra={"EDITOR": str(editor)}) as chat:
        chat.send("draft")
        chat.key("ctrl-x", "ctrl-e")
        chat.wait_for("> edited: draft")
        chat.key("ctrl-g")
        chat.wait_for("> edited: edited: draft")
        chat.key("ctrl-c")
        chat.enter("/edit")
        chat.wait_for("> edited: ")


def test_a_fold_outlives_the_editor(tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf " and more\\n" >> "$1"\n')
    editor.chmod(0o700)
    pasted = "".join(f"row {number}\n" for number in range(40))
    with open_chat(tmp_path, extra={"EDITOR": str(editor)}) as chat:
        chat.send("before ")
        chat.paste(pasted)
        chat.send(" after")
        chat.wait_for("> before [pasted 40 lines] after")
        chat.key("ctrl-g")
        chat.wait_for("> before [pasted 40 lines] after and more")
        chat.key("enter")
        chat.wait_for("You said: before")
    assert prompts(tmp_path) == [f"before {pasted} after and more"]


def test_ctrl_c_in_an_editor_leaves_draft_and_reply_alone(tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\necho editing\nexec sleep 600\n")
    editor.chmod(0o700)
    with open_chat(tmp_path, columns=200, extra={"EDITOR": str(editor)}) as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("writing")
        chat.send("a draft")
        chat.key("ctrl-g")
        chat.wait_for("editing")
        chat.key("ctrl-c")
        chat.wait_for("the text is unchanged")
        chat.wait_for("> a draft")
        chat.wait_for("writing")
        chat.key("ctrl-c", "ctrl-c")
        chat.wait_for("the reply was stopped")


def test_the_quit_key_in_an_editor_ends_the_editor_only(tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\necho editing\nexec sleep 600\n")
    editor.chmod(0o700)
    with open_chat(tmp_path, extra={"EDITOR": str(editor)}) as chat:
        chat.send("a draft")
        chat.key("ctrl-g")
        chat.wait_for("editing")
        chat.send(b"\x1c")
        chat.wait_for("the text is unchanged")
        chat.wait_for("> a draft")


def test_an_editor_that_is_missing_is_said(tmp_path: Path) -> None:
    with open_chat(tmp_path, extra={"EDITOR": "no-such-editor"}) as chat:
        chat.enter("/edit")
        chat.wait_for("set VISUAL or EDITOR")
        chat.enter("still there")
        chat.wait_for("You said: still there")


def test_vi_keys(tmp_path: Path) -> None:
    with open_chat(tmp_path, "vi_mode=True") as chat:
        chat.send("hello wirld")
        chat.wait_for("> hello wirld")
        chat.key("esc")
        chat.wait_for(lambda: chat.screen.cursor.x == len("> hello wirl"))
        chat.send("0wlroA!")
        chat.wait_for("> hello world!")
        chat.key("enter")
        chat.wait_for("You said: hello world!")
        chat.send("sent from navigation")
        chat.wait_for("> sent from navigation")
        chat.key("esc")
        chat.wait_for(lambda: chat.screen.cursor.x == len("> sent from navigatio"))
        chat.key("enter")
        chat.wait_for("You said: sent from navigation")
        chat.send("said in insert mode")
        chat.wait_for("> said in insert mode")


def test_an_editor_that_removes_the_file_leaves_the_draft(tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nrm "$1"\n')
    editor.chmod(0o700)
    with open_chat(tmp_path, extra={"EDITOR": str(editor)}) as chat:
        chat.send("draft")
        chat.key("ctrl-g")
        chat.wait_for("left no file to read")
        chat.wait_for("> draft")

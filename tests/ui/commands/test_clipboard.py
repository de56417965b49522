"""Code blocks to copy, and the way to the clipboard."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from chatcli.ui.commands.clipboard import ClipboardError, code_blocks, copy

TEXT = """Intro

```python
print("one")
```

~~~~ sh
echo ```two```
~~~~

```
open to the end"""


def test_code_blocks_without_their_fences() -> None:
    assert code_blocks(TEXT) == ['print("one")\n', "echo ```two```\n", "open to the end\n"]
    assert code_blocks("no code") == []


def test_code_in_lists_and_quotations_is_copied_without_their_indent() -> None:
    steps = "1. a\n\n   ```py\n   if x:\n       y()\n   ```\n10. b\n    ```\n    z\n    ```\n"
    assert code_blocks(steps) == ["if x:\n    y()\n", "z\n"]
    assert code_blocks("> ```\n> quoted\n> ```\n") == ["quoted\n"]


def test_the_terminal_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TMUX", raising=False)
    sent: list[str] = []
    assert "terminal" in copy("häuser", sent.append)
    assert sent == [f"\x1b]52;c;{base64.b64encode('häuser'.encode()).decode()}\x07"]


def test_nothing_that_a_shell_would_obey_is_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TMUX", raising=False)
    sent: list[str] = []
    copy("ls\x1b[201~\rrm\x9b201~\tx\r\ny\n\ud83d", sent.append)
    copied = base64.b64decode(sent[0].removeprefix("\x1b]52;c;").removesuffix("\x07")).decode()
    assert copied == "ls␛[201~␍rm<U+009B>201~\tx\ny\n\ufffd"


def test_tmux_passes_it_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMUX", "/run/tmux/default,1,0")
    sent: list[str] = []
    copy("x", sent.append)
    assert sent == ["\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"]


def test_a_program_takes_what_is_too_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    with pytest.raises(ClipboardError, match="too much"):
        copy("x" * 100_000, print)
    program = tmp_path / "wl-copy"
    program.write_text(f'#!/bin/sh\nexec /bin/cat > "{tmp_path}/copied"\n')
    program.chmod(0o700)
    sent: list[str] = []
    assert copy("x" * 100_000, sent.append) == "(by wl-copy)"
    assert (tmp_path / "copied").read_text() == "x" * 100_000
    assert sent == []

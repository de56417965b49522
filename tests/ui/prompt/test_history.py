"""The prompt history's file."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import stat
from pathlib import Path

from chatcli.ui.prompt.history import LARGEST_ENTRY, LARGEST_FILE, PromptHistory, append


def history_at(path: Path) -> PromptHistory:
    return PromptHistory(path, fold=lambda text: text, expand=lambda text: text)


def loaded(path: Path) -> list[str]:
    async def load() -> list[str]:
        return [text async for text in history_at(path).load()]

    return asyncio.run(load())


def test_what_was_typed_is_there_next_time_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.jsonl"
    history = history_at(path)
    for text in ("one", "two\nlines", "drei 三"):
        history.append_string(text)
    history.close()
    assert loaded(path) == ["drei 三", "two\nlines", "one"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_typed_before_the_file_is_read_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    append(path, "old")

    async def run() -> list[str]:
        history = history_at(path)
        history.append_string("new")
        return [text async for text in history.load()][:1]

    assert asyncio.run(run()) == ["new"]


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('"good"\nnot json\n42\n"better"\n\x00\n')
    assert loaded(path) == ["better", "good"]


def test_a_missing_or_unreadable_file_is_an_empty_history(tmp_path: Path) -> None:
    assert loaded(tmp_path / "none") == []
    (tmp_path / "folder").mkdir()
    assert loaded(tmp_path / "folder") == []


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    append(blocked / "history.jsonl", "lost")


def test_a_huge_text_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    history = history_at(path)
    history.append_string("x" * (LARGEST_ENTRY + 1))
    history.append_string("small")
    history.close()
    assert loaded(path) == ["small"]


def _write(path: Path, name: str) -> None:
    for number in range(200):
        append(path, f"{name} {number} {'x' * 1000}")


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(path, name)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    texts = [json.loads(line).split(" x")[0] for line in path.read_text().splitlines()]
    assert sorted(texts) == sorted(f"{name} {number}" for name in "ab" for number in range(200))


def test_a_file_that_grows_too_large_keeps_its_newest_entries(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    entry = json.dumps("y" * 9_000) + "\n"
    path.write_text(entry * (LARGEST_FILE // len(entry) + 1))
    append(path, "the newest")
    assert path.stat().st_size < LARGEST_FILE // 2
    assert loaded(path)[0] == "the newest"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

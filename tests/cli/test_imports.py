"""What is loaded when: a start must not pay for what it does not use."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fault_server import FaultServer
from tests.program import Program

NEVER_AT_START = {"openai", "httpx2", "rich", "prompt_toolkit", "sqlite3", "asyncio", "json"} | {
    "pydantic",
    "tomllib",
    "logging",
}

NOT_FOR_A_PLAIN_MESSAGE = {
    "chatcli.commands.registry",
    "chatcli.manager.summary",
    "chatcli.manager.watch",
    "chatcli.core.stats",
    "chatcli.storage.figures",
    "chatcli.output.json_reply",
    "chatcli.output.json_text",
    "chatcli.output.rendered",
    "chatcli.backends.discovery",
    "chatcli.backends.faults.mapping",
    "chatcli.backends.answer.whole_reply",
    "chatcli.config.key_command",
}
NOT_FOR_THE_FIRST_PROMPT = {"openai", "httpx2", "rich", "sqlite3", "json", "pydantic"} | {
    "chatcli.core.model",
    "chatcli.core.ports",
    "chatcli.manager",
    "chatcli.markdown.stream",
    "chatcli.ui.live.running",
}
MOST_MODULES_OF_A_PLAIN_MESSAGE = 125
"""Of the program itself. Each costs half a millisecond; a third of a run is loading them."""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def loaded_by(program: Program, *arguments: str) -> set[str]:
    """The modules that a run of the program imports, as the interpreter reports them."""
    result = program.run(*arguments, env={"PYTHONPROFILEIMPORTTIME": "1"})
    lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["send", "--help"], ["sned"]])
def test_what_only_tells_loads_nothing_heavy(program: Program, arguments: list[str]) -> None:
    modules = loaded_by(program, *arguments)
    assert "typer" in modules
    assert not modules & NEVER_AT_START


def loaded_by_code(code: str) -> set[str]:
    """The modules that are loaded once Python has run `code`."""
    code += "\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_first_prompt_loads_nothing_of_what_comes_after_it() -> None:
    """What the chat needs before one can type; the rest is loaded while one does."""
    first = "chatcli.cli.repl, chatcli.config.loader, chatcli.ui.repl, chatcli.ui.live.interactive"
    modules = loaded_by_code(f"import {first}")
    assert "prompt_toolkit" in modules
    assert not modules & NOT_FOR_THE_FIRST_PROMPT


def test_the_input_is_made_without_an_application_to_stand_in_for_the_real_one() -> None:
    """prompt_toolkit makes one, with a layout in HTML, whenever it is asked for one too early."""
    modules = loaded_by_code(
        "import pathlib\n"
        "from chatcli.core.lazy_packages import import_lazily\n"
        "import_lazily('prompt_toolkit.application', {'prompt_toolkit'})\n"
        "from chatcli.ui.prompt.history import PromptHistory\n"
        "from chatcli.ui.prompt.input_buffer import InputBuffer\n"
        "from chatcli.ui.prompt.paste import Folds\n"
        "InputBuffer(PromptHistory(pathlib.Path('none'), str, str), Folds())"
    )
    assert "prompt_toolkit.buffer" in modules
    assert "xml.dom.expatbuilder" not in modules


def test_completing_a_session_name_loads_no_model_and_no_screen(program: Program) -> None:
    program.ok("new", "notes", "-m", "scripted/any")
    modules = loaded_by(program, "list")
    assert not modules & {"openai", "httpx2", "pydantic", "rich", "prompt_toolkit"}


def test_a_message_to_a_pipe_loads_no_more_than_it_needs(program: Program) -> None:
    with FaultServer() as server:
        program.config_file.write_text(f'[backends.fake]\nbase_url = "{server.base_url}"\n')
        modules = loaded_by(program, "send", "-m", "fake/ok", "hello")
    assert "httpx2" in modules or "httpx" in modules
    assert not modules & ({"rich", "prompt_toolkit"} | NOT_FOR_A_PLAIN_MESSAGE)
    own = {module for module in modules if module.startswith("chatcli")}
    assert len(own) <= MOST_MODULES_OF_A_PLAIN_MESSAGE

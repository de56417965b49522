import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from chatcli.errors import ExitCode
from tests.program import Program

VERBS = [
    *("send", "history", "retry", "continue", "undo", "compact"),
    *("new", "list", "rename", "end", "restore"),
    *("model", "system", "set", "models", "stats", "doctor", "config", "local"),
]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_the_first_help_names_every_verb_under_a_heading_with_examples(program: Program) -> None:
    text = program.ok("--help").stdout
    for verb in VERBS:
        assert re.search(rf"^  {verb} +[A-Z]", text, re.MULTILINE), verb
    headings = re.findall(r"^([A-Z][a-z ]+):$", text, re.MULTILINE)
    assert headings[:2] == ["Examples", "Options"]
    assert len(headings) >= 5
    assert "..." not in text
    assert {"CHATCLI_SESSION", "NO_COLOR", "130"} <= set(text.split())
    assert all(len(line) <= 80 for line in text.splitlines())


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(program: Program, verb: str) -> None:
    text = program.ok(verb, "--help").stdout
    assert text.startswith(f"Usage: chatcli {verb} ")
    assert "--config FILE" in text or "VERB" in text
    assert "{" not in text


@pytest.mark.parametrize("verb", ["send", "retry", "continue"])
def test_what_prints_a_reply_explains_its_exit_codes(program: Program, verb: str) -> None:
    text = program.ok(verb, "--help").stdout
    codes = re.findall(r"^  (\d+) +\w", text.partition("Exit codes:")[2], re.MULTILINE)
    assert [int(code) for code in codes] == [*ExitCode]


def test_help_is_a_verb_too(program: Program) -> None:
    assert program.ok("help").stdout == program.ok("--help").stdout
    assert program.ok("help", "config", "show").stdout == program.ok("config", "show", "-h").stdout
    assert program.run("help", "sned").stderr.endswith("did you mean chatcli send?\n")


def test_verbs_are_known_by_the_names_of_the_chat_too(program: Program) -> None:
    assert program.ok("sessions").output == program.ok("ls").output == program.ok("list").output


def test_the_short_flag_helps_too(program: Program) -> None:
    assert program.ok("send", "-h").stdout == program.ok("send", "--help").stdout


def test_the_version_is_one_line(program: Program) -> None:
    assert re.fullmatch(r"chatcli \d+\.\d+\.\d+\n", program.ok("--version").stdout)


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["sned", "hi"], "unknown verb 'sned'", "did you mean chatcli send?"),
        (["send", "--sesion", "x"], "no such option: --sesion", "did you mean --session?"),
        (["set", "a", "top_p", "-1"], "no such option: -1", "goes after --"),
        (["set", "a", "--unset"], "--unset takes the name of a parameter", None),
        (["send", "--max-tokens", "9"], "no such option: --max-tokens", "-o max_tokens=VALUE"),
        (["hist", "x"], "unknown verb 'hist'", "did you mean chatcli history?"),
        (["rm", "x"], "unknown verb 'rm'", "did you mean chatcli end?"),
        (["--hlp"], "no such option: --hlp", "did you mean --help?"),
        (["what is up"], "unknown verb 'what is up'", 'chatcli send "…"'),
        (["rename", "a"], "missing argument 'NAME'", "chatcli rename --help"),
        (["history", "a", "--limit", "-1"], "--limit takes a number, 0 or more, not '-1'", None),
        (["history", "a", "--limit", "x"], "--limit takes a number, 0 or more, not 'x'", None),
        (["send", "--timeout", "soon", "hi"], "--timeout takes seconds above 0", None),
        (["send", "-m"], "-m", "chatcli send --help"),
        (["config"], "chatcli config needs a verb: path, show", "chatcli config --help"),
        (["new", "two", "words"], "unexpected argument 'words'", "quotes around"),
        (["list", "x"], "unexpected argument 'x'", "chatcli list [OPTIONS]"),
        (["--config", "", "list"], "--config takes a file's name", None),
        (["--config", ""], "--config takes a file's name", None),
        (["send", "-o", "model=x", "hi"], "model is not a model parameter", "-m MODEL"),
        (["config", "shwo"], "unknown verb 'shwo'", "did you mean chatcli config show?"),
        (["-c", "-s", "x"], "-s and -c cannot be combined", None),
        (["-m", "x", "list"], "'list' does not take -s", None),
        (["send", "-c", "-s", "x", "hi"], "-s and -c cannot be combined", None),
        (["send", "--no-stdin", "-"], "cannot be combined", None),
        (["send", "-o", "temperature", "hi"], "'temperature' is not KEY=VALUE", "for example"),
        (["send", "--timeout", "0", "hi"], "--timeout takes seconds above 0, not '0'", None),
        (["send", "--wait", "-1", "hi"], "--wait takes seconds", None),
        (["send", "--wait", "5", "--no-wait", "hi"], "cannot be combined", None),
        (["send"], "there is no message to send", "chatcli send"),
        (["new", ""], "a session needs a name", None),
        (["new", "a", "--meta", "x"], "'x' is not K=V", "for example"),
        (["end", "a", "--purge"], "asks for confirmation", "--yes"),
        (["\x1b]0;title\x07"], "unknown verb '␛]0;title␇'", None),
    ],
)
def test_a_wrong_command_line_is_one_line_and_a_hint(
    program: Program, arguments: list[str], said: str, hint: str | None
) -> None:
    result = program.run(*arguments)
    first, *rest = result.stderr.splitlines()
    assert result.code == 2
    assert result.output == b""
    assert first.startswith("chatcli: error: ")
    assert said in first
    assert len(rest) <= 1
    if hint is not None:
        assert rest[0].startswith("hint: ")
        assert hint in rest[0]


def test_a_pipe_without_a_verb_is_a_chat_line_by_line(program: Program) -> None:
    program.config_file.write_text("[backends.scripted]\n")
    result = program.run("-m", "scripted/echo", text="hello\n//slash\n/set temperature 0.5\n")
    assert result.code == 0
    assert result.stderr == ""
    first, second, *table = result.stdout.splitlines()
    assert "hello" in first
    assert "/slash" in second
    assert "0.5" in table[-1]
    assert program.run(text="").code == 0


@pytest.mark.parametrize(
    ("redirected", "code", "said"),
    [
        ("<&-", 0, ""),
        (">&-", 1, "standard output is closed"),
        (">/dev/full", 1, "standard output cannot be written"),
        ("2>&-", 0, ""),
        ("| head -n 1 >&2", 0, "one"),
    ],
)
def test_a_chat_whose_streams_are_closed(
    program: Program, redirected: str, code: int, said: str
) -> None:
    program.config_file.write_text("[backends.scripted]\n")
    chat = f"{shlex.quote(sys.executable)} -m chatcli -m scripted/echo {redirected}"
    done = subprocess.run(
        ["sh", "-c", chat],
        input="one\ntwo\nthree\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=program.environ(),
    )
    assert done.returncode == code
    assert said in done.stderr
    assert "unexpected" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_of_the_help_that_leaves_sees_no_traceback(program: Program) -> None:
    process = program.start("--help")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


@pytest.mark.parametrize(
    "arguments", [["--help"], ["send", "-h"], ["--version"], ["--show-completion"]]
)
def test_a_full_disk_behind_the_help_is_told(program: Program, arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        result = program.run(*arguments, stdout=full, env={"SHELL": "/bin/bash"})
    assert result.code == 1
    assert result.stderr == (
        "chatcli: error: standard output cannot be written: No space left on device\n"
    )

"""Each fault of a configuration: the line, the key, what is allowed, the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatcli.config.loader import load, problems
from chatcli.errors import ConfigError, ExitCode

SECRET = "sk-VERYSECRET1234567890"

# a file; the line, the key, a part of the sentence and a part of the hint of its only fault
FAULTS = [
    # unknown keys, near and far
    ("[limits]\nmax_session = 3", 2, "limits.max_session", "unknown key", "mean max_sessions?"),
    ("[limits]\nmax_session = 3", 2, "limits.max_session", "unknown key", "[limits] takes max_"),
    ("modle = 'x'", 1, "modle", "unknown key modle", "did you mean model?"),
    ("[limit]\n", 1, "limit", "unknown key limit", "did you mean limits?"),
    ("\n[zzz]", 2, "zzz", "unknown key zzz", "the top level takes model, limits,"),
    ("max_sessions = 3", 1, "max_sessions", "unknown key", "belongs under [limits]"),
    ("base_url = 'http://x'", 1, "base_url", "unknown key", "belongs under [backends.NAME]"),
    ("[groq]\napi_key = 'x'", 1, "groq", "unknown key groq", "is called [backends.groq];"),
    ("[repl]\nmodel = 'x'", 2, "repl.model", "unknown key", "at the top, before the first"),
    ("[backends.a]\nurl='x'\nbase_url='http://x'", 2, "backends.a.url", "unknown", "base_url?"),
    ("models.a = {model='b', tokens=1}", 1, "models.a.tokens", "unknown", "context_tokens"),
    ("['weird key']", 1, '"weird key"', "unknown", "takes"),
    # wrong types
    ("model = 3", 1, "model", "must be a string in quotation marks, not 3", ""),
    ("[limits]\nmax_sessions = '3'", 2, "limits.max_sessions", 'not "3"', "without quotation"),
    ("[limits]\nmax_sessions = 3.0", 2, "limits.max_sessions", "whole number", ""),
    ("[limits]\nmax_sessions = true", 2, "limits.max_sessions", "not true", ""),
    ("[timeouts]\nidle = 'long'", 2, "timeouts.idle", 'must be a number, 0 or more, not "l', ""),
    ("[timeouts]\nidle = false", 2, "timeouts.idle", "must be a number", ""),
    ("[repl]\nbell = 1", 2, "repl.bell", "must be true or false, not 1", ""),
    ("[repl]\nbell = 'true'", 2, "repl.bell", "must be true or false", "without quotation"),
    ("limits = 3", 1, "limits", "must be a table", "write [limits]"),
    ("backends = 3", 1, "backends", "must be a table", "write [backends.NAME]"),
    ("[[limits]]\nmax_sessions = 3", 1, "limits", "must be a table", ""),
    ("[backends]\nbase_url = 'x'", 2, "backends.base_url", "must be a table", "[backends.NAME]"),
    ("[models]\nfast = 'x/y'", 2, "models.fast", "must be a table", "write [models.fast]"),
    ("[models.a]\nmodel='b'\nfallbacks='c'", 3, "models.a.fallbacks", "list of strings", ""),
    ("models.a.model='b'\nmodels.a.fallbacks=[\n'c',\n4]", 4, "models.a.fallbacks[1]", "not 4", ""),
    ("models.a.model='b'\nmodels.a.price=3", 2, "models.a.price", "must be a table", ""),
    ("models.a={model='b',price={input='1'}}", 1, "models.a.price.input", "a number", "without"),
    ("models.a={model='b',options=[1]}", 1, "models.a.options", "temperature = 0.2", ""),
    ("[backends.groq]\nheaders='a'", 2, "backends.groq.headers", "table of strings", ""),
    ("[backends.groq.headers]\nA=1", 2, "backends.groq.headers.A", "must be a string", ""),
    # values out of range, words that are not allowed
    ("[limits]\nmax_sessions = -1", 2, "limits.max_sessions", "0 or more, not -1", ""),
    ("[limits]\nmax_sessions = 1" + "0" * 30, 2, "limits.max_sessions", "whole number", ""),
    ("[timeouts]\nidle = inf", 2, "timeouts.idle", "must be a number", ""),
    ("[timeouts]\nidle = nan", 2, "timeouts.idle", "must be a number", ""),
    ("[repl]\nlive_rows = 0", 2, "repl.live_rows", "1 or more", ""),
    ("[repl]\ntheme = 'drak'", 2, "repl.theme", '"auto", "dark", "light" or "none"', "dark?"),
    ("[backends.groq]\nkind='opnai'", 2, "backends.groq.kind", '"local" or "scripted"', "openai?"),
    ("[backends.local]\ncontext_size=8", 2, "backends.local.context_size", "256 or more", ""),
    ("models.a={model='b',options={prompt='x'}}", 1, "models.a.options.prompt",
     "is not a model parameter", "the session's turns"),
    ("models.a={model='b',options={t=inf}}", 1, "models.a.options.t", "finite", ""),
    (
        "models.a={model='b',options={t=[1,{u=2020-01-01}]}}",
        1,
        "models.a.options.t[1].u",
        "must not be a date",
        "quotation marks",
    ),
    # forms
    ("[backends.a]\nbase_url='ftp://x'", 2, "backends.a.base_url", "http:// or https://", "8000"),
    ("[backends.a]\nbase_url='http://'", 2, "backends.a.base_url", "must be an address", ""),
    ("[backends.a]\nbase_url='http://x:99999'", 2, "backends.a.base_url", "an address", ""),
    ("[backends.a]\nbase_url='http://[x'", 2, "backends.a.base_url", "an address", ""),
    ("[backends.a]\nbase_url='http://x y'", 2, "backends.a.base_url", "an address", ""),
    ("[backends.groq]\nproxy='gopher://x'", 2, "backends.groq.proxy", "socks5", "3128"),
    (f"[backends.groq]\napi_key_env='{SECRET}'", 2, "backends.groq.api_key_env", "NAME", "api_key"),
    ("[backends.groq]\napi_key_env='gsk_abc'", 2, "backends.groq.api_key_env", "NAME", "api_key"),
    ("[backends.groq]\napi_key_keyring='x'", 2, "backends.groq.api_key_keyring", "SERVICE:", ""),
    ("[backends.groq]\ndefault_model='a\\nb'".replace("'", '"'), 2, "backends.groq.default_model",
     "one line", ""),
    ('[backends.groq]\nheaders={A="x\\ny"}', 2, "backends.groq.headers.A", "one line", ""),
    ("[backends.groq]\nheaders={'A: B'='x'}", 2, "backends.groq.headers", "takes names", ""),
    ("[backends.groq]\napi_key_command='pass show x'", 2, "backends.groq.api_key_command",
     'such as ["one", "two"]', ""),
    # what a table cannot do without
    ("\n[backends.work]\napi = 'chat'", 2, "backends.work", "needs base_url", "base_url = "),
    ("[models.fast]\nfallbacks = []", 1, "models.fast", "needs model", "model = "),
    ("[backends.'a/b']\nbase_url='http://x'", 1, 'backends."a/b"', "without a slash", ""),
    ("[roles.'a b']", 1, 'roles."a b"', "without a slash, space", ""),
    # references
    ("model = 'opneai/x'", 1, "model", 'names the backend "opneai"', "did you mean openai/x?"),
    ("model = 'zzz/x'\n[backends.groq]", 1, "model", "not configured", "backends: groq"),
    ("model = 'groq/'", 1, "model", 'must be BACKEND/MODEL, not "groq/"', ""),
    ("[models.fast]\nmodel='zzz/y'", 2, "models.fast.model", 'the backend "zzz"', ""),
    ("[models.fast]\nmodel='openai/x'\n[models.b]\nmodel='fats/x'", 4, "models.b.model", "fats",
     "backends: none"),
    ("models.a={model='x',fallbacks=['y','zz/y']}", 1, "models.a.fallbacks[1]", '"zz"', ""),
    ("[roles.r]\nmodel='zz/y'", 2, "roles.r.model", '"zz"', ""),
    ("[models.a]\nmodel='b'\n[models.b]\nmodel='a'", 2, "models.a.model", "a -> b -> a", ""),
    ("[models.a]\nmodel='a'", 2, "models.a.model", "a -> a", ""),
    ("[models.a]\nmodel='b'\n[models.b]\nmodel='b'", 4, "models.b.model", "b -> b", ""),
    # not TOML
    ("a = 1\nmodel =", 2, "model", "not TOML at model: invalid value", "KEY = VALUE"),
    ("model = gpt", 1, "model", "not TOML at model", "quotation marks"),
    ("model = 'a'\n\nmodel = 'b'", 3, "model", "is already defined", ""),
    ("[limits]\n[limits]", 2, "", "is already defined", ""),
    ("model = 'a'\nnonsense\n", 2, "", "not TOML: expected '='", ""),
    ("[limits]\nmax_sessions = [1,\n2\n\n", 3, "", "unclosed array", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "sentence", "hint"), FAULTS)
def test_a_fault(  # noqa: PLR0917 - one for each column
    tmp_path: Path, text: str, line: int, key: str, sentence: str, hint: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    found = problems(file, environ={})
    assert len(found) == 1
    assert (found[0].line, found[0].key) == (line, key)
    assert found[0].sentence.startswith(f"{file}:{line}: ")
    assert key.partition("[")[0] in found[0].sentence
    assert sentence in found[0].sentence
    assert hint in found[0].hint
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    assert (caught.value.message, caught.value.hint) == (found[0].sentence, found[0].hint)
    assert caught.value.exit_code == ExitCode.USAGE


def test_all_faults_are_listed_by_line_and_the_first_is_raised(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[repl]\nbell = 3\n[limits]\nmax_sessions = -1\nmax_session = 1\n")
    assert [problem.line for problem in problems(file)] == [2, 4, 5]
    with pytest.raises(ConfigError, match=r":2: repl\.bell") as caught:
        load(file, environ={})
    assert caught.value.hint == "chatcli config check shows 2 more"


def test_a_circle_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    names = ["a", "b", "c", "into"]
    file.write_text(
        "".join(f"[models.{x}]\nmodel='{y}'\n" for x, y in zip(names, "bcaa", strict=True))
    )
    assert [problem.key for problem in problems(file)] == ["models.a.model"]


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"model = 'a'\n# caf\xe9\n")
    assert problems(file)[0].sentence == f"{file}:2: the file is not UTF-8 text"


def test_a_file_that_is_nested_without_end(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("a = " + "[" * 100_000)
    assert "not TOML" in problems(file)[0].sentence or "nested" in problems(file)[0].sentence


def test_control_characters_do_not_come_through(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('model = 1\n"\\u001b[2J" = 1\n[repl]\ntheme = "\\u001b]0;x\\u0007"\n')
    for problem in problems(file):
        assert (problem.sentence + problem.hint).isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "api_key = 3{0}",
        "api_key = {0}",
        "api_key = ['{0}']",
        "api_key = {{ key = '{0}' }}",
        "api_key_env = '{0}'",
        "api_key_command = '{0}'",
        "api_key_command = ['echo', '{0}', 3]",
        "headers = '{0}'",
        "headers = ['{0}']",
        'headers = {{ A = "{0}\\n" }}',
        "query = '{0}'",
        "base_url = 'ftp://{0}@x/'",
        "base_url = '{0} '\napi_key = '{0}",
        "proxy = 'ftp://user:{0}@x/'",
        "apikey = '{0}'",
        "options = {{ key = 2020-01-01, other = '{0}' }}",
    ],
)
def test_no_fault_shows_a_secret(tmp_path: Path, line: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[backends.groq]\n{line.format(SECRET)}\nkind = 3\n")
    found = problems(file, environ={})
    assert found
    assert SECRET not in repr(found)
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    assert SECRET not in f"{caught.value!r} {caught.value.message} {caught.value.hint}"
    assert caught.value.__cause__ is None

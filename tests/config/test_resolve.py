"""What a model reference means."""

from __future__ import annotations

import pytest

from chatcli.config import BackendConfig, Config, Limits, ModelAlias, ModelChoice
from chatcli.config.known_backends import EMBEDDED_MODEL as EMBEDDED
from chatcli.config.model import Price
from chatcli.config.resolve import choose_model
from chatcli.errors import ConfigError

OPENAI = BackendConfig(base_url="https://api.openai.com/v1")
OTHER = BackendConfig(base_url="http://x/v1")
BACKENDS = {
    "first": BackendConfig(base_url="http://x/v1", default_model="usual"),
    "openrouter": OTHER,
    "local": BackendConfig(kind="local"),
}


def config(
    model: str = "", backends: dict[str, BackendConfig] | None = None, **models: ModelAlias
) -> Config:
    return Config(model=model, backends=BACKENDS if backends is None else backends, models=models)


@pytest.mark.parametrize(
    ("reference", "backend", "model"),
    [
        ("first/x", "first", "x"),
        ("openrouter/vendor/model:free", "openrouter", "vendor/model:free"),
        ("openrouter/first/x", "openrouter", "first/x"),
        ("x", "first", "x"),
        ("x:7b", "first", "x:7b"),
        ("", "first", "usual"),
        ("first", "first", "usual"),
        ("first/", "first", "usual"),
        ("local", "local", EMBEDDED),
        ("local/", "local", EMBEDDED),
        ("openrouter", "first", "openrouter"),  # no default there: a model of that name
    ],
)
def test_a_reference(reference: str, backend: str, model: str) -> None:
    choice = choose_model(config(), reference)
    assert choice == ModelChoice(backend, model)
    assert choice.name == f"{backend}/{model}"


@pytest.mark.parametrize(
    ("model", "backends", "expected"),
    [
        ("first/x", BACKENDS, "first/x"),
        ("fast", BACKENDS, "openrouter/a/b"),
        ("", BACKENDS, "first/usual"),
        ("", {"openai": OPENAI}, "openai/gpt-5.4-mini"),
        ("", {"openai": OTHER}, "openai/gpt-5.4-mini"),
        ("", {"mine": OPENAI}, "mine/gpt-5.4-mini"),
        ("", {"local": BackendConfig(kind="local", model_file="/m/qwen.gguf")}, "local/qwen"),
        ("", {"demo": BackendConfig(kind="scripted")}, "demo/script"),
    ],
)
def test_without_a_reference(model: str, backends: dict[str, BackendConfig], expected: str) -> None:
    fast = ModelAlias("openrouter/a/b")
    assert choose_model(config(model, backends, fast=fast)).name == expected


def test_an_alias_brings_its_settings() -> None:
    fast = ModelAlias(
        "first/x", options={"temperature": 0.2}, context_tokens=900, price=Price(1.0, 2.0)
    )
    assert choose_model(config(fast=fast), "fast") == ModelChoice(
        "first", "x", {"temperature": 0.2}, 900, Price(1.0, 2.0)
    )


def test_an_alias_of_an_alias_goes_before_it() -> None:
    inner = ModelAlias("first/x", ("first/y",), {"a": 1, "b": 1}, 100, Price(1.0, 1.0))
    outer = ModelAlias("inner", ("first/z",), {"b": 2})
    choice = choose_model(config(inner=inner, outer=outer), "outer")
    assert choice.options == {"a": 1, "b": 2}
    assert (choice.context_tokens, choice.price) == (100, Price(1.0, 1.0))
    assert [fallback.name for fallback in choice.fallbacks] == ["first/z", "first/y"]


def test_the_limit_of_all_models_holds_where_an_alias_has_none() -> None:
    made = Config(limits=Limits(context_tokens=7), backends=BACKENDS, models={"a": ModelAlias("x")})
    assert choose_model(made, "a").context_tokens == 7
    assert choose_model(made, "x").context_tokens == 7


def test_fallbacks_of_fallbacks_come_in_one_row_each_once() -> None:
    made = config(
        a=ModelAlias("first/a", ("b", "a", "first/d", "first/a")),
        b=ModelAlias("first/b", ("c", "a"), {"temperature": 1}),
        c=ModelAlias("first/c", ("b", "first/d", "local")),
    )
    choice = choose_model(made, "a")
    names = [fallback.name for fallback in choice.fallbacks]
    assert names == ["first/b", "first/c", "first/d", f"local/{EMBEDDED}"]
    assert choice.fallbacks[0].options == {"temperature": 1}
    assert all(fallback.fallbacks == () for fallback in choice.fallbacks)


def test_a_fallback_on_a_backend_without_a_key_does_not_stop_the_model() -> None:
    made = config(a=ModelAlias("first/a", ("openai/x", "far", "first/b")), far=ModelAlias("groq/x"))
    choice = choose_model(made, "a")
    assert [fallback.name for fallback in choice.fallbacks] == ["first/b"]
    with_key = config("", {**BACKENDS, "openai": OPENAI}, **made.models)
    names = [fallback.name for fallback in choose_model(with_key, "a").fallbacks]
    assert names == ["openai/x", "first/b"]


@pytest.mark.parametrize(
    ("made", "reference", "message", "hint"),
    [
        (config(), "frist/x", 'names the backend "frist"', "did you mean first/x?"),
        (config(), "zzz/x", '"zzz", which is not configured', "backends: first, openrouter"),
        (config(), "groq/x", "not configured", "to the configuration and set GROQ_API_KEY"),
        (config(), "openai/x", "not configured", "set OPENAI_API_KEY, or OPENAI_BASE_URL"),
        (config(), "openrouter/", "no model is named for the backend openrouter",
         "-m openrouter/MODEL"),
        (config("", {"groq": OTHER}), "", "no model is named for", 'set model = "groq/MODEL"'),
        (config("", {}), "", "no backend is configured", "set OPENAI_API_KEY, or"),
        (config("", {}, fast=ModelAlias("x")), "fats", "no backend is configured", "mean fast?"),
        (config(a=ModelAlias("b"), b=ModelAlias("a")), "a", "refers to itself: a -> b -> a", ""),
        (config(a=ModelAlias("first/x", ("zzz/y",))), "a", '"zzz"', "backends: "),
        (config(fast=ModelAlias("x")), "fsat/x\x1b[2J", '"fsat"', "backends: "),
    ],
)  # fmt: skip
def test_what_means_nothing(made: Config, reference: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        choose_model(made, reference)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert (caught.value.message + caught.value.hint).isprintable()

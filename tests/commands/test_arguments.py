import math

import pytest
from hypothesis import given, strategies as st

from chatcli.commands.arguments import model_parameter, parameter_pair, role_of
from chatcli.commands.catalogue import default_registry
from chatcli.config.model import Config, RoleConfig
from chatcli.errors import ConfigError, UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.2", 0.2),
        ("7", 7),
        ("true", True),
        ("false", False),
        ("null", None),
        ('["a", 1]', ["a", 1]),
        ('{"type": "json_object"}', {"type": "json_object"}),
        ('"0.2"', "0.2"),
        ("high", "high"),
        ("", ""),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_a_parameter_is_json_where_it_is_json_else_text(text: str, value: object) -> None:
    assert model_parameter(text) == value
    assert type(model_parameter(text)) is type(value)


@given(st.text())
def test_no_text_breaks_it_and_no_number_is_infinite(text: str) -> None:
    value = model_parameter(text)
    assert not isinstance(value, float) or math.isfinite(value)


def test_a_pair_is_cut_at_its_first_equals_sign() -> None:
    assert parameter_pair("stop=a=b") == ("stop", "a=b")


@pytest.mark.parametrize("text", ["temperature", "=1", " =1", ""])
def test_what_is_no_pair_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parameter_pair(text)
    assert "temperature=0.2" in caught.value.hint


def test_an_unknown_role_names_the_nearest() -> None:
    config = Config(roles={"reviewer": RoleConfig(system="You review.")})
    assert role_of(config, "reviewer").system == "You review."
    with pytest.raises(ConfigError) as caught:
        role_of(config, "reviewr")
    assert "reviewer" in caught.value.hint


def test_a_flag_may_have_one_letter() -> None:
    command, values = default_registry().parse("new build -m groq/llama")
    assert command.name == "new"
    assert values == {"name": "build", "model": "groq/llama"}


def test_a_dash_alone_is_an_argument() -> None:
    _, values = default_registry().parse("rename -")
    assert values == {"name": "-"}

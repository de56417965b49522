from __future__ import annotations

import pytest

from chatcli.markdown import Theme


@pytest.mark.parametrize(
    ("environ", "setting", "name"),
    [
        ({}, "auto", "dark"),
        ({"TERM": "xterm-256color"}, "auto", "dark"),
        ({"COLORFGBG": "15;0"}, "auto", "dark"),
        ({"COLORFGBG": "0;15"}, "auto", "light"),
        ({"COLORFGBG": "0;default;15"}, "auto", "light"),
        ({"COLORFGBG": "nonsense"}, "auto", "dark"),
        ({"NO_COLOR": "1"}, "auto", "none"),
        ({"NO_COLOR": ""}, "auto", "dark"),
        ({"NO_COLOR": "1"}, "light", "light"),
        ({"TERM": "dumb"}, "auto", "none"),
        ({"TERM": "dumb"}, "dark", "none"),
        ({"COLORFGBG": "0;15"}, "dark", "dark"),
        ({}, "none", "none"),
    ],
)
def test_the_theme_fits_the_terminal(environ: dict[str, str], setting: str, name: str) -> None:
    assert Theme.detect(environ, setting) == Theme(name)  # type: ignore[arg-type]

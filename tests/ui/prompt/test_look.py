"""The interface's colours."""

from __future__ import annotations

from prompt_toolkit.styles import merge_styles
from prompt_toolkit.styles.defaults import default_ui_style

from chatcli.ui.prompt.look import STYLE


def test_colours_are_the_terminals_own_as_the_library_has_some_for_the_same_names() -> None:
    """Colours made for one background cannot be read on the other."""
    merged = merge_styles([default_ui_style(), STYLE])
    for names, _ in STYLE.style_rules:
        attributes = merged.get_attrs_for_style_str(f"class:{names}")
        for colour in (attributes.color, attributes.bgcolor):
            assert not colour or colour == "default" or colour.startswith("ansi"), names

"""The rows of the interface: live end of the reply, status, input, search, menu, toolbar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition, has_completions, is_done, is_searching
from prompt_toolkit.formatted_text import AnyFormattedText, StyleAndTextTuples
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Container,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    Window,
)
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import (
    AfterInput,
    ConditionalProcessor,
    Processor,
    TabsProcessor,
    Transformation,
    TransformationInput,
)
from prompt_toolkit.search import SearchState
from prompt_toolkit.widgets import SearchToolbar

from chatcli.ui.early import PROMPT
from chatcli.ui.prompt.paste import Folds, ShowSigns

if TYPE_CHECKING:
    from chatcli.markdown.fragments import Fragments

MENU_ROWS = 8
ROWS_FOR_A_GAP = 12
"""Rows: a lower window has no blank row above the input."""
ROWS_FOR_STATUS, ROWS_FOR_LIVE, ROWS_FOR_TOOLBAR = 2, 3, 4
"""Rows: a lower window goes without; the input is the last to stay."""
PLACEHOLDER = "Message, or /help"
WIDTH_FOR_PLACEHOLDER = len(PROMPT) + len(PLACEHOLDER)


class Rows(Protocol):
    """Functions that give the content of the changing rows, called at every redraw."""

    def live(self) -> list[Fragments]:
        """The unfinished end of the reply."""
        ...

    def status(self) -> StyleAndTextTuples:
        """What the session in view is doing, in a few lines; empty if it is idle."""
        ...

    def toolbar(self) -> StyleAndTextTuples:
        """The sessions."""
        ...


def build_layout(
    buffer: Buffer, folds: Folds, rows: Rows, cursor_drawn: Callable[[], bool]
) -> Layout:
    """Everything below the scrollback, at most as high as it needs to be.

    `cursor_drawn`: whether the input draws a cursor, because the terminal's rests elsewhere.
    """
    search = _search_row(buffer)
    shown = HSplit(
        [
            _optional(lambda: _joined(rows.live()), lambda: len(rows.live()), ROWS_FOR_LIVE),
            _optional(lambda: "", lambda: 1, ROWS_FOR_A_GAP),
            _optional(rows.status, lambda: _height(rows.status()), ROWS_FOR_STATUS),
            _input(buffer, folds, search, cursor_drawn),
            search,
            CompletionsMenu(max_height=MENU_ROWS),
            ConditionalContainer(
                _line(rows.toolbar), ~has_completions & ~is_done & _room_for(ROWS_FOR_TOOLBAR)
            ),
        ]
    )
    return Layout(shown)


def _search_row(buffer: Buffer) -> SearchToolbar:
    """What Ctrl-R and Ctrl-S look for; says so when it is nowhere."""
    row = SearchToolbar(
        forward_search_prompt=lambda: f"{result()} forward: ",
        backward_search_prompt=lambda: f"{result()} backward: ",
    )

    def result() -> str:
        wanted = row.control.buffer.text
        state = SearchState(wanted, row.control.searcher_search_state.direction)
        found = not wanted or wanted in buffer.document_for_search(state).text
        return "search" if found else "not found"

    return row


def _height(fragments: StyleAndTextTuples) -> int:
    return sum(text.count("\n") for _, text, *_ in fragments) + 1 if fragments else 0


def _line(text: Callable[[], StyleAndTextTuples]) -> Window:
    return Window(FormattedTextControl(text), height=1, dont_extend_height=True)


def _optional(
    text: Callable[[], AnyFormattedText], height: Callable[[], int], lowest: int
) -> Container:
    """Rows that are there while they have something to show and the window is high enough."""
    window = Window(
        FormattedTextControl(text),
        height=lambda: Dimension.exact(height()),
        dont_extend_height=True,
    )
    return ConditionalContainer(window, _room_for(lowest) & Condition(lambda: height() > 0))


def _room_for(lowest: int) -> Condition:
    """Whether the window has at least `rows` rows."""
    return Condition(lambda: _rows() >= lowest)


def _joined(lines: list[Fragments]) -> StyleAndTextTuples:
    fragments: StyleAndTextTuples = []
    for index, line in enumerate(lines):
        fragments += [("", "\n")] * bool(index) + list(line)
    return fragments


def _input(
    buffer: Buffer, folds: Folds, search: SearchToolbar, cursor_drawn: Callable[[], bool]
) -> Window:
    nothing_there = Condition(lambda: not buffer.text and _columns() > WIDTH_FOR_PLACEHOLDER)
    control = BufferControl(
        buffer,
        input_processors=[
            ShowSigns(folds),
            TabsProcessor(char1=" ", char2=" "),
            ConditionalProcessor(
                AfterInput(PLACEHOLDER, "class:placeholder"), nothing_there & ~is_searching
            ),
            _DrawCursor(cursor_drawn),
        ],
        include_default_input_processors=True,
        search_buffer_control=search.control,
        preview_search=True,
    )
    return Window(
        control,
        wrap_lines=True,
        dont_extend_height=True,
        height=lambda: Dimension(min=1, max=max(_rows() // 2, 1)),
        get_line_prefix=_prefix,
        always_hide_cursor=Condition(cursor_drawn),
    )


def _rows() -> int:
    """The window's height."""
    return get_app().output.get_size().rows


def _columns() -> int:
    """The window's width."""
    return get_app().output.get_size().columns


def _prefix(line: int, wrapped: int) -> StyleAndTextTuples:
    """The prompt before the first row, blanks before the others."""
    return [("class:prompt", PROMPT)] if not line and not wrapped else [("", " " * len(PROMPT))]


class _DrawCursor(Processor):
    """Shows the cursor's cell in reverse."""

    def __init__(self, wanted: Callable[[], bool]) -> None:
        self._wanted = wanted

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """One line of the input."""
        document = transformation_input.document
        fragments = transformation_input.fragments
        if not self._wanted() or transformation_input.lineno != document.cursor_position_row:
            return Transformation(fragments)
        column = transformation_input.source_to_display(document.cursor_position_col)
        return Transformation(_with_cursor(fragments, column))


def _with_cursor(fragments: StyleAndTextTuples, column: int) -> StyleAndTextTuples:
    cells = [(style, character) for style, text, *_ in fragments for character in text]
    cells += [("", " ")] * (column + 1 - len(cells))
    style, character = cells[column]
    return [*cells[:column], (f"{style} class:cursor", character), *cells[column + 1 :]]

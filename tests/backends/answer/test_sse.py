"""Server-sent events: every line ending, every cut, and what servers forget."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.answer.sse import EventDecoder, ServerEvent

ONE = b'data: {"a": 1}\n\n'
FRAGMENTS = st.sampled_from(
    [
        b"data",
        b":",
        b" ",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\xef\xbb\xbf",
        b": ping",
        b"event: error",
        b"data: x",
        b"data:y",
        b"id: 7",
        b"\xff",
        "é\u2028\x85".encode(),
        b"[DONE]",
        b'{"a"}',
        b"\x00",
    ]
)
STREAMS = st.lists(FRAGMENTS | st.binary(max_size=4)).map(b"".join)


def decoded(*pieces: bytes) -> list[ServerEvent]:
    decoder = EventDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return [*events, *decoder.close()]


def data_of(*pieces: bytes) -> list[str]:
    return [event.data for event in decoded(*pieces)]


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in itertools.pairwise(edges)]


@given(STREAMS, st.lists(st.integers(min_value=0)))
def test_any_cut_gives_the_same_events(stream: bytes, places: list[int]) -> None:
    whole, pieces = EventDecoder(), EventDecoder()
    expected = [*whole.feed(stream), *whole.close()]
    events = [event for piece in cut(stream, places) for event in pieces.feed(piece)]
    assert [*events, *pieces.close()] == expected
    assert (pieces.comments, pieces.junk) == (whole.comments, whole.junk)


@given(STREAMS)
def test_any_line_ending_gives_the_same_events(stream: bytes) -> None:
    unix = stream.replace(b"\r", b"")
    for ending in (b"\r", b"\r\n"):
        assert decoded(unix.replace(b"\n", ending)) == decoded(unix)


@given(STREAMS)
def test_events_are_those_of_a_line_by_line_reader(stream: bytes) -> None:
    assert decoded(stream) == by_the_standard(stream)


def by_the_standard(stream: bytes) -> list[ServerEvent]:
    """The standard's algorithm, one line after the other (with our two exceptions)."""
    text = stream.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    events, data, name = [], [], ""
    for line in [*text.split(b"\n"), b""]:
        field, _, value = line.partition(b":")
        value_text = value.removeprefix(b" ").decode("utf-8", "replace")
        if line:
            data += [value_text] if field == b"data" else []
            name = value_text if field == b"event" else name
        elif data or name:
            events.append(ServerEvent("\n".join(data), name))
            data, name = [], ""
        else:
            name = ""
    return events


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"data:a\n\n", ["a"]),
        (b"data:  a\n\n", [" a"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"data: a\r\rdata: b\r\r", ["a", "b"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b"\n\n\ndata: a\n\n\n\n", ["a"]),
        (b"data: a", ["a"]),
        (b"data: a\ndata: b\n", ["a\nb"]),
        (b"data\n\n", [""]),
        (b"data:\n\n", [""]),
        (b"id: 1\nretry: 5\ndata: a\n\n", ["a"]),
        (b": ping\n\n", []),
        (b": ping\ndata: a\n\n", ["a"]),
        ("data: a\u2028b\x85c\u2029d\n\n".encode(), ["a\u2028b\x85c\u2029d"]),
        (b"data: a\xff\xfeb\n\n", ["a\ufffd\ufffdb"]),
        ("data: \ufeff\n\n".encode(), ["\ufeff"]),
        (b"", []),
    ],
)
def test_streams(stream: bytes, expected: list[str]) -> None:
    assert data_of(stream) == expected
    assert data_of(*(bytes([byte]) for byte in stream)) == expected


def test_a_character_cut_in_the_middle_is_whole() -> None:
    stream = "data: 😀\n\n".encode()
    assert data_of(stream[:8], stream[8:]) == ["😀"]


def test_an_event_has_its_name() -> None:
    assert decoded(b"event: error\ndata: x\n\ndata: y\n\n") == [
        ServerEvent("x", "error"),
        ServerEvent("y"),
    ]


def test_comments_are_counted() -> None:
    decoder = EventDecoder()
    decoder.feed(b": ping\n\n: ping\n:\n\n" + ONE)
    assert decoder.comments == 3


def test_the_first_line_that_is_no_field_is_kept() -> None:
    decoder = EventDecoder()
    assert decoder.feed(b"upstream connect error\n\nmore\n\n") == []
    assert decoder.junk == b"upstream connect error"


def test_an_event_comes_as_soon_as_its_blank_line() -> None:
    decoder = EventDecoder()
    assert decoder.feed(ONE[:-1]) == []
    assert decoder.feed(b"\n" + ONE[:5]) == [ServerEvent('{"a": 1}')]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("before", [b"", ONE, b"data: x\n"])
def test_a_short_line_can_be_seen_before_its_blank_line(before: bytes, ending: bytes) -> None:
    decoder = EventDecoder()
    for byte in before + b"data: [DONE]" + ending:
        decoder.feed(bytes([byte]))
    assert decoder.line_under_way == b"data: [DONE]"


@pytest.mark.parametrize("stream", [b'data: "12345 data: [DONE]', b"data: x]", ONE, b""])
def test_the_end_of_a_longer_line_is_not_taken_for_one(stream: bytes) -> None:
    decoder = EventDecoder()
    decoder.feed(stream)
    assert decoder.line_under_way in {b"", b"data: x]"}


def test_an_event_of_many_megabytes_in_small_pieces() -> None:
    stream = b"data: " + b"x" * 20_000_000 + b"\n\n"
    (event,) = decoded(*(stream[i : i + 4096] for i in range(0, len(stream), 4096)))
    assert len(event.data) == 20_000_000

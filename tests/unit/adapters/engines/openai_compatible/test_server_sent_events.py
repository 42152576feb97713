from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.engines.openai_compatible.server_sent_events import EventParser
from textnlp.domain.errors import ErrorKind, TextNLPError

line_ends = st.sampled_from([b"\n", b"\r\n", b"\r"])
values = st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"]), max_size=20).map(str.encode)
noise = st.sampled_from([b": ping", b":", b"event: x", b"id: 3", b"retry: 10", b"database: no", b"unknown"])


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Bytes of a stream and the data of its events."""
    stream = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    events: list[bytes] = []
    end = draw(line_ends)
    for lines in draw(st.lists(st.lists(values, min_size=1, max_size=3), max_size=6)):
        for value in lines:
            if draw(st.booleans()):
                stream += draw(noise) + end
            stream += b"data: " + value + end
        stream += end * draw(st.integers(1, 3))
        events.append(b"\n".join(lines))
    return stream, [event for event in events if event]


def cut(stream: bytes, places: set[int]) -> list[bytes]:
    bounds = [0, *sorted(place for place in places if 0 < place < len(stream)), len(stream)]
    return [stream[begin:end] for begin, end in pairwise(bounds)]


@given(streams(), st.sets(st.integers(0, 300), max_size=20))
def test_events_are_the_same_however_the_bytes_arrive(stream: tuple[bytes, list[bytes]], places: set[int]) -> None:
    raw, events = stream
    parser = EventParser()
    found = [event for piece in cut(raw, places) for event in parser.feed(piece)]
    assert found + parser.end() == events


@given(streams())
def test_events_survive_arriving_byte_by_byte(stream: tuple[bytes, list[bytes]]) -> None:
    raw, events = stream
    parser = EventParser()
    found = [event for at in range(len(raw)) for event in parser.feed(raw[at : at + 1])]
    assert found + parser.end() == events


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_no_bytes_break_the_parser(pieces: list[bytes]) -> None:
    parser = EventParser()
    one_go = EventParser()
    found = [event for piece in pieces for event in parser.feed(piece)] + parser.end()
    assert found == one_go.feed(b"".join(pieces)) + one_go.end()


def test_an_event_is_handed_out_as_soon_as_it_is_complete() -> None:
    parser = EventParser()
    assert parser.feed(b"data: a\n") == []
    assert parser.feed(b"\ndata: b") == [b"a"]
    assert parser.end() == [b"b"]


def test_data_needs_no_space_and_keeps_a_second_one() -> None:
    assert EventParser().feed(b"data:a\n\ndata:  b\n\ndata\n\n") == [b"a", b" b"]


def test_an_event_without_end_is_refused_before_it_fills_the_memory() -> None:
    parser = EventParser(max_event_bytes=1000)
    assert parser.feed(b"data: " + b"x" * 900 + b"\n") == []
    with pytest.raises(TextNLPError) as caught:
        parser.feed(b"data: " + b"x" * 101 + b"\n")
    assert caught.value.kind is ErrorKind.BAD_RESPONSE


def test_lines_without_a_value_do_not_pile_up() -> None:
    parser = EventParser(max_event_bytes=1_000)
    parser.feed(b"data:\n" * 199)
    with pytest.raises(TextNLPError) as caught:
        parser.feed(b"data:\n" * 2)
    assert caught.value.kind is ErrorKind.BAD_RESPONSE

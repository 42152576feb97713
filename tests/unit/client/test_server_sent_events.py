import itertools

from hypothesis import given
from hypothesis import strategies as st

from textnlp.client.server_sent_events import EventReader, ServerEvent

_STREAM = (
    b'retry: 1000\n\nid: 1\nevent: progress\ndata: {"a":\r\ndata:  1}\r\n\r\n: still here\n\ndata: [DONE]\n\ndata: cut'
)
_EVENTS = [ServerEvent("progress", b'{"a":\n 1}'), ServerEvent("message", b"[DONE]")]


@given(st.lists(st.integers(0, len(_STREAM)), max_size=8))
def test_events_are_the_same_wherever_the_stream_is_cut(cuts: list[int]) -> None:
    reader = EventReader()
    edges = [0, *sorted(cuts), len(_STREAM)]
    pieces = [_STREAM[begin:end] for begin, end in itertools.pairwise(edges)]
    assert [event for piece in pieces for event in reader.feed(piece)] == _EVENTS
    assert reader.waiting_bytes == len(b"data: cut")

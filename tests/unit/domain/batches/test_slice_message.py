import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.batches.model import Slice
from textnlp.domain.batches.slice_message import decode_slice, encode_slice
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId

numbers = st.integers(0, 2**53)


@given(
    st.text(min_size=1),
    st.builds(Slice, index=numbers, first_row=numbers, row_count=numbers, offset=numbers, size_bytes=numbers),
)
def test_a_slice_comes_back_as_it_was_sent(batch_id: str, part: Slice) -> None:
    assert decode_slice(encode_slice(BatchId(batch_id), part).body) == (batch_id, part)


def test_the_same_slice_has_the_same_message_id_and_another_round_another() -> None:
    part = Slice(index=3, first_row=600, row_count=200, offset=0, size_bytes=10)
    first, again = (encode_slice(BatchId("batch_a"), part) for _ in range(2))
    assert first.message_id == again.message_id
    assert encode_slice(BatchId("batch_a"), part, round_number=1).message_id != first.message_id


@pytest.mark.parametrize("body", [b'{"version": 1, "batch_id": "\xff"}', b"", b"[]", b'{"version": 1}', b"\xff"])
def test_what_is_no_slice_message_is_invalid_input(body: bytes) -> None:
    with pytest.raises(TextNLPError, match="not a slice message") as caught:
        decode_slice(body)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_a_message_of_a_later_version_says_which_version_is_read() -> None:
    body = encode_slice(BatchId("batch_a"), Slice(index=0, first_row=0, row_count=1, offset=0, size_bytes=1)).body
    with pytest.raises(TextNLPError, match="version 2; this release reads 1"):
        decode_slice(body.replace(b'"version":1', b'"version":2'))

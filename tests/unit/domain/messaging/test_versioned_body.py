import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.versioned_body import decode_body, version_of


class _Body(msgspec.Struct):
    version: int
    id: str


_decode = msgspec.json.Decoder(_Body).decode


def read(body: bytes) -> _Body:
    return decode_body(body, _decode, versions={1, 2}, name="the message of a test")


@pytest.mark.parametrize("version", [1, 2])
def test_every_version_that_is_read_is_read_and_unknown_fields_are_passed_over(version: int) -> None:
    assert read(b'{"version": %d, "id": "a", "later": [1]}' % version) == _Body(version, "a")


@pytest.mark.parametrize("body", [b'{"version": 3, "id": "a"}', b'{"version": 3}', b'{"version": 3, "id": [1]}'])
def test_another_version_is_named_whatever_it_looks_like(body: bytes) -> None:
    with pytest.raises(TextNLPError, match="the message of a test of version 3; this release reads 1, 2") as caught:
        read(body)
    assert "deadletter resend" in (caught.value.facts.hint or "")


@given(st.binary(max_size=40) | st.just(b'{"version": 1, "id": "\xff"}') | st.just(b'{"version": "1"}'))
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        read(body)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert version_of(body) in {None, 1}

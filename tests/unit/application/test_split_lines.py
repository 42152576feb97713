from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.application.split_lines import split_lines


async def of(pieces: list[bytes]) -> AsyncGenerator[bytes]:
    for piece in pieces:
        yield piece


@given(st.lists(st.binary(max_size=8) | st.just(b"\n"), max_size=20))
async def test_lines_are_the_same_however_the_bytes_arrive(pieces: list[bytes]) -> None:
    lines = [line async for group in split_lines(of(pieces), max_line_bytes=1000) for line in group]
    assert lines == b"".join(pieces).split(b"\n")


@pytest.mark.parametrize("pieces", [[b"ab\n", b"x" * 11, b"y\nz"], [b"ab\nxxxxx", b"xxxxxx", b"y\nz"]])
async def test_nothing_is_read_after_a_line_that_is_too_long(pieces: list[bytes]) -> None:
    assert [line async for group in split_lines(of(pieces), max_line_bytes=10) for line in group] == [b"ab", b"x" * 11]

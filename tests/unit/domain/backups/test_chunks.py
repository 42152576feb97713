import random
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.backups.chunks import LARGEST_CHUNK_BYTES, ByteCutter, RowCutter


def cut(cutter: RowCutter | ByteCutter, pieces: list[bytes]) -> list[bytes]:
    return [*chain.from_iterable(cutter.add(piece) for piece in pieces), *cutter.end()]


def rows_of(count: int) -> list[bytes]:
    chance = random.Random(7)
    return [f"{number}\t".encode() + chance.randbytes(300).hex().encode() + b"\n" for number in range(count)]


@given(st.lists(st.binary(max_size=200), max_size=50))
def test_nothing_is_added_lost_or_moved(pieces: list[bytes]) -> None:
    for cutter in (RowCutter(), ByteCutter()):
        assert b"".join(cut(cutter, pieces)) == b"".join(pieces)


def test_no_chunk_is_empty_or_longer_than_the_largest() -> None:
    pieces = [bytes(LARGEST_CHUNK_BYTES * 2 + 5), b"", b"a", bytes(LARGEST_CHUNK_BYTES)]
    for cutter in (RowCutter(), ByteCutter()):
        chunks = cut(cutter, pieces)
        assert all(0 < len(chunk) <= LARGEST_CHUNK_BYTES for chunk in chunks)
        assert sum(map(len, chunks)) == sum(map(len, pieces))


def test_rows_that_are_added_changed_and_gone_change_few_chunks() -> None:
    rows = rows_of(20_000)
    before = set(cut(RowCutter(), rows))
    changed = [b"first\n", *rows[:5_000], b"between\n", *rows[5_001:12_000], *rows[12_003:], b"last\n"]
    after = cut(RowCutter(), changed)
    assert len(before) > 20
    assert sum(chunk not in before for chunk in after) <= 8


def test_where_a_chunk_ends_does_not_depend_on_what_was_before() -> None:
    rows = rows_of(4_000)
    whole, later = cut(RowCutter(), rows), cut(RowCutter(), rows[1_500:])
    assert whole[-1] == later[-1]
    assert set(later[2:]) <= set(whole)

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.datasets.splits import split_of

_SHARES = st.dictionaries(st.text(min_size=1, max_size=3), st.floats(1e-6, 1), min_size=1, max_size=5)


@given(st.text(), _SHARES)
def test_every_id_has_a_split_that_there_is(row_id: str, shares: dict[str, float]) -> None:
    found = split_of(row_id, shares=shares)
    assert found in shares
    assert split_of(row_id, shares=shares) == found


def test_rows_are_shared_out_as_wanted() -> None:
    counts = Counter(split_of(str(place), shares={"train": 0.4, "test": 0.1}) for place in range(20_000))
    assert 15_700 < counts["train"] < 16_300
    assert counts.total() == 20_000


def test_a_growing_share_takes_rows_from_its_neighbour_only() -> None:
    ids = [str(place) for place in range(2_000)]
    before = {row_id: split_of(row_id, shares={"train": 0.8, "test": 0.2}) for row_id in ids}
    after = {row_id: split_of(row_id, shares={"train": 0.9, "test": 0.1}) for row_id in ids}
    assert {(before[row_id], after[row_id]) for row_id in ids if before[row_id] != after[row_id]} == {("test", "train")}

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.diversity.distinct_count import DistinctCount


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=40), max_size=8))
def test_a_small_number_is_exact_however_it_comes(batches: list[list[int]]) -> None:
    counted = DistinctCount()
    for batch in batches:
        counted.add(np.array(batch, dtype=np.uint64))
    assert counted.is_exact
    assert counted.count == len({number for batch in batches for number in batch})


@pytest.mark.parametrize("different", [70_000, 400_000, 2_000_000])
def test_a_large_number_is_within_three_percent(different: int) -> None:
    counted = DistinctCount()
    numbers = np.arange(different, dtype=np.uint64)
    for batch in np.array_split(numbers, 7):
        counted.add(batch)
        counted.add(batch[::2])
    assert not counted.is_exact
    assert counted.count == pytest.approx(different, rel=0.03)

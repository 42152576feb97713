import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.diversity.number_counts import NumberCounts

_NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=50)


def counted(*batches: list[float]) -> NumberCounts:
    counts = NumberCounts()
    for batch in batches:
        counts.add(np.array(batch, dtype=np.float64))
    return counts


@given(_NUMBERS, _NUMBERS)
def test_numbers_are_counted_to_a_256th_however_they_come(one: list[float], other: list[float]) -> None:
    counts = counted(one, other)
    numbers = sorted([*one, *other])
    assert counts.counts == counted(numbers).counts
    assert counts.count == sum(counts.counts.values()) == len(numbers)
    assert (counts.low, counts.high) == (numbers[0], numbers[-1])
    for number, key in zip(numbers, sorted(counts.counts.elements()), strict=True):
        assert abs(number - key) <= abs(number) / 256
    assert sum(counts.histogram()) == len(numbers)
    assert len(counts.edges()) == len(counts.histogram()) + 1


def test_small_whole_numbers_are_exact_and_get_a_stretch_each() -> None:
    counts = counted([1, 2, 2, 5, 250])
    assert dict(counts.counts) == {1: 1, 2: 2, 5: 1, 250: 1}
    assert counts.quantile(0.5) == 2
    assert counts.mean == 52
    few = counted([1, 2, 2, 5])
    assert few.edges() == [1, 2, 3, 4, 5, 6]
    assert few.histogram() == [1, 2, 0, 0, 1]


def test_a_histogram_over_given_bounds_leaves_out_what_is_outside() -> None:
    counts = counted([-1, 0, 0.25, 0.5, 1, 2])
    assert counts.histogram(bars=2, low=0, high=1) == [2, 2]


def test_what_is_no_number_is_left_out() -> None:
    counts = counted([math.nan, math.inf, -math.inf])
    assert counts.count == 0
    assert math.isnan(counts.mean)
    assert math.isnan(counts.quantile(0.5))
    assert counts.histogram() == [0]
    same = counted([0.3, 0.3])
    assert same.histogram() == [2] * len(same.histogram())
    assert same.quantile(1.0) == pytest.approx(0.3)

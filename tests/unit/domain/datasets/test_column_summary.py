from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.datasets.column_summary import ColumnSummary, length_bars, rounded_length


def summary_of(*values: object) -> ColumnSummary:
    summary = ColumnSummary()
    for value in values:
        summary.add(value)
    return summary


def test_few_values_are_counted() -> None:
    summary = summary_of(*["good", "bad", "good", None, True])
    assert summary.values == {"good": 2, "bad": 1, "true": 1}
    assert (summary.rows, summary.nulls, summary.texts, summary.characters) == (5, 1, 3, 11)


def test_many_or_long_values_are_not_counted() -> None:
    assert not summary_of(*range(100)).values
    assert not summary_of("a", "x" * 200, "a").values
    assert not summary_of([1], "a").values


def test_numbers_have_bounds_and_a_sum() -> None:
    summary = summary_of(3, -1.5, 10)
    assert (summary.numbers, summary.low, summary.high, summary.total) == (3, -1.5, 10, 11.5)
    assert summary_of(1 << 5_000).high == 1e300


@given(st.integers(0, 10**9))
def test_a_rounded_length_is_little_too_small(length: int) -> None:
    assert length * 255 / 256 <= rounded_length(length) <= length


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_a_histogram_counts_every_length_once(lengths: list[int]) -> None:
    bars = length_bars(Counter(lengths))
    assert 1 <= len(bars) <= 24
    assert sum(count for _, _, count in bars) == len(lengths)
    for low, high, count in bars:
        assert count == sum(low <= length <= high for length in lengths)


def test_nothing_has_no_histogram() -> None:
    assert length_bars(Counter()) == []

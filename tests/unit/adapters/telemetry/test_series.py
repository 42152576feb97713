import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.telemetry.series import OTHER, Distribution, SeriesBook, Tally
from textnlp.topology.metrics import REQUEST_SECONDS, TOKENS_GENERATED


def test_the_number_of_series_is_bounded() -> None:
    book = SeriesBook(TOKENS_GENERATED, make=Tally)
    for number in range(2_000):
        book.find([f"model {number}"]).add(1)
    counted = {named["model"]: tally.total for named, tally in book}
    assert len(counted) == 500
    assert counted[OTHER] == 2_000 - 499


def test_a_long_value_is_cut() -> None:
    book = SeriesBook(TOKENS_GENERATED, make=Tally)
    for ending in ("a", "b"):
        book.find(["x" * 100 + ending]).add(1)
    assert [(named["model"], tally.total) for named, tally in book] == [("x" * 100, 2)]


def test_a_wrong_number_of_dimensions_is_refused() -> None:
    with pytest.raises(ValueError, match="has the dimensions"):
        SeriesBook(TOKENS_GENERATED, make=Tally).find(["a", "b"])


@given(values=st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=30))
def test_a_distribution_counts_each_value_in_the_first_bucket_that_holds_it(values: list[float]) -> None:
    kept = Distribution(REQUEST_SECONDS)
    for value in values:
        kept.add(value)
    bounds = [*REQUEST_SECONDS.bounds, float("inf")]
    for place, bound in enumerate(bounds):
        assert sum(kept.buckets[: place + 1]) == sum(value <= bound for value in values)
    assert (kept.lowest, kept.highest) == (min(values), max(values))
    assert kept.total == pytest.approx(sum(values))

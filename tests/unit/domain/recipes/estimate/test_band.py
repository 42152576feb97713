import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.recipes.estimate.estimates import bands
from textnlp.domain.recipes.estimate.band import EstimateBand, Size, exactly, mean_interval, spanning, wilson_share


@pytest.mark.parametrize("numbers", [(2, 1, 3), (1, 3, 2), (-1, 0, 1), (0, 0, math.inf), (math.nan, 1, 2)])
def test_what_is_no_band_is_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="no band"):
        EstimateBand(low=numbers[0], expected=numbers[1], high=numbers[2])


@given(bands, bands)
def test_reckoning_with_bands_gives_bands_that_hold_every_case(one: EstimateBand, other: EstimateBand) -> None:
    added, multiplied, greatest = one.plus(other), one.times(other), one.greatest(other)
    for size in Size:
        assert added.at(size) == one.at(size) + other.at(size)
        assert multiplied.at(size) == one.at(size) * other.at(size)
        assert greatest.at(size) == max(one.at(size), other.at(size))


@given(bands, st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_dividing_by_a_wider_band_gives_a_wider_band(band: EstimateBand, divisor: float, more: float) -> None:
    narrow = band.over(exactly(divisor))
    wide = band.over(EstimateBand(low=min(divisor, more), expected=divisor, high=max(divisor, more)))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@given(bands, bands)
def test_narrowing_never_goes_beyond_the_band_on_a_side_that_the_measurement_does_not_contradict(
    before: EstimateBand, measured: EstimateBand
) -> None:
    narrowed = before.narrowed(measured)
    assert narrowed.expected == measured.expected
    if before.low <= measured.expected <= before.high:
        assert before.low <= narrowed.low
        assert narrowed.high <= before.high
    assert narrowed.high - narrowed.low <= measured.high - measured.low


def test_a_measurement_outside_replaces_the_band() -> None:
    measured = EstimateBand(low=8, expected=9, high=10)
    assert EstimateBand(low=1, expected=2, high=3).narrowed(measured) == measured


def test_a_span_holds_all_its_values() -> None:
    assert spanning(3, 1, expected=2) == EstimateBand(low=1, expected=2, high=3)
    assert exactly(5).at_most(3) == exactly(3)


def test_the_interval_of_a_share_is_wilsons() -> None:
    share = wilson_share(8, 10)
    assert (share.low, share.expected, share.high) == pytest.approx((0.490162, 0.8, 0.943318), abs=1e-6)


def test_without_trials_any_share_may_be() -> None:
    assert wilson_share(0, 0) == EstimateBand(low=0, expected=0.5, high=1)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_lies_between_nothing_and_all_and_more_trials_tell_it_better(hits: int, of: int) -> None:
    hits = min(hits, of)
    share, better = wilson_share(hits, of), wilson_share(100 * hits, 100 * of)
    assert 0 <= share.low <= share.expected == hits / of <= share.high <= 1
    assert better.high - better.low < share.high - share.low


def test_more_hits_than_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        wilson_share(3, 2)


@given(st.floats(0, 1e9), st.integers(1, 10_000), st.floats(0, 2))
def test_the_interval_of_a_mean_shrinks_with_the_number_of_values(mean: float, count: int, variation: float) -> None:
    few, many = (mean_interval(mean, count=number, variation=variation) for number in (count, 100 * count))
    assert few.low <= many.low <= mean <= many.high <= few.high

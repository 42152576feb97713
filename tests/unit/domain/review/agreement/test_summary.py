import pytest

from tests.unit.domain.review.agreement.published import BEN, FOUR_OBSERVERS, GERRY, bounds, of_rows
from textnlp.domain.review.agreement.bootstrap import Estimate
from textnlp.domain.review.agreement.ratings import Level, ratings_of
from textnlp.domain.review.agreement.summary import measure_agreement


def test_two_raters_get_every_statistic_with_its_interval() -> None:
    found = measure_agreement(of_rows(BEN, GERRY, level=Level.NOMINAL), seed=1, replicates=200)
    assert (found.units, found.raters) == (12, 2)
    assert found.alpha.value == pytest.approx(0.692, abs=0.0005)
    assert found.cohen is not None
    assert found.fleiss is not None
    for each in (found.percent, found.alpha, found.cohen, found.fleiss):
        low, value, high = bounds(each)
        assert low <= value <= high
    (pair,) = found.pairs
    assert (pair.units, pair.kappa, pair.weighted_kappa) == (12, pytest.approx(found.cohen.value), None)


def test_with_missing_ratings_there_is_alpha_but_no_kappa_for_all() -> None:
    found = measure_agreement(of_rows(*FOUR_OBSERVERS, level=Level.ORDINAL), replicates=50)
    assert (found.units, found.fleiss, found.cohen) == (11, None, None)
    assert found.alpha.value == pytest.approx(0.815, abs=0.0005)
    assert len(found.pairs) == 6
    assert found.pairs[0].units >= found.pairs[-1].units
    assert all(pair.weighted_kappa is not None for pair in found.pairs)


def test_without_anything_in_common_nothing_is_defined() -> None:
    found = measure_agreement(ratings_of([{"a": 1}, {"b": 2}], level=Level.NOMINAL))
    assert (found.units, found.percent.value, found.alpha.value, found.pairs) == (0, None, None, [])
    assert measure_agreement(ratings_of([], level=Level.NOMINAL)).alpha.value is None


def test_items_that_one_rater_saw_make_no_interval_narrower() -> None:
    units = [{"a": "x", "b": "y"}, *({"a": "x"} for _ in range(50))]
    found = measure_agreement(ratings_of(units, level=Level.NOMINAL))
    assert (found.units, found.percent.value, found.percent.low, found.cohen) == (1, 0.0, None, Estimate(value=0.0))

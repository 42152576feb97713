import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.diversity.drift import (
    DriftLevel,
    category_drift,
    jensen_shannon,
    kolmogorov_smirnov,
    number_drift,
    population_stability_index,
    wasserstein,
)
from textnlp.domain.diversity.number_counts import NumberCounts

_COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8).filter(
    lambda cells: any(one for one, _ in cells) and any(other for _, other in cells)
)


def numbers_of(*numbers: float) -> NumberCounts:
    counts = NumberCounts()
    counts.add(np.array(numbers, dtype=np.float64))
    return counts


def test_the_stability_index_is_worked_out_by_its_formula() -> None:
    expected = (0.6 - 0.5) * math.log(0.6 / 0.5) + (0.4 - 0.5) * math.log(0.4 / 0.5)
    assert (
        population_stability_index([50, 50], [60, 40]) == pytest.approx(expected) == pytest.approx(0.040547, abs=1e-6)
    )
    assert population_stability_index([10, 0], [10, 0]) == 0
    with pytest.raises(ValueError, match="no rows"):
        population_stability_index([1], [0])


def test_the_divergence_of_two_coins_is_known() -> None:
    # H(1/2, 1/2 mixed with 1, 0) = H(3/4) - (H(1/2) + H(1)) / 2 = 0.811278 - 0.5
    assert jensen_shannon([1, 1], [2, 0]) == pytest.approx(0.311278, abs=1e-6)
    assert jensen_shannon([1, 0], [0, 1]) == 1
    assert jensen_shannon([3, 6], [1, 2]) == 0


@given(_COUNTS)
def test_measures_of_categories_are_symmetric_and_bounded(cells: list[tuple[int, int]]) -> None:
    one, other = [cell[0] for cell in cells], [cell[1] for cell in cells]
    assert 0 <= jensen_shannon(one, other) <= 1
    assert jensen_shannon(one, other) == pytest.approx(jensen_shannon(other, one))
    assert population_stability_index(one, other) >= -1e-9
    assert population_stability_index(one, one) == 0


def test_distances_of_numbers_are_known() -> None:
    one, other = Counter([0.0, 1.0, 3.0]), Counter([5.0, 6.0, 8.0])
    assert wasserstein(one, other) == pytest.approx(5.0)
    assert kolmogorov_smirnov(one, other) == 1
    assert wasserstein({0.0: 3, 1.0: 1}, {0.0: 1, 1.0: 3}) == pytest.approx(0.5)
    assert kolmogorov_smirnov({0.0: 3, 1.0: 1}, {0.0: 1, 1.0: 3}) == pytest.approx(0.5)
    assert kolmogorov_smirnov(one, {number: 7 * count for number, count in one.items()}) == 0


def test_levels_follow_the_rule_of_thumb() -> None:
    reference = {"a": 5_000, "b": 5_000}
    assert category_drift(reference, {"a": 5_100, "b": 4_900}).level is DriftLevel.NONE
    assert category_drift(reference, {"a": 6_900, "b": 3_100}).level is DriftLevel.MODERATE
    assert category_drift(reference, {"c": 10_000}).level is DriftLevel.LARGE
    assert category_drift(reference, {}).level is DriftLevel.UNKNOWN
    assert category_drift({}, reference).level is DriftLevel.UNKNOWN


def test_what_small_samples_differ_by_is_no_drift() -> None:
    found = category_drift({"a": 5, "b": 5}, {"a": 3, "b": 7})
    assert found.psi is not None
    assert found.psi > 0.1
    assert found.level is DriftLevel.NONE


def test_about_one_in_twenty_samples_exceeds_what_chance_explains() -> None:
    draw = random.Random(5)
    exceeding = 0
    for _ in range(400):
        one, other = (Counter(draw.choices("abcdefgh", k=400)) for _ in range(2))
        found = category_drift(one, other)
        exceeding += (found.psi or 0) > (found.chance or 0)
    assert 6 <= exceeding <= 40


def test_numbers_are_compared_over_the_deciles_of_the_reference() -> None:
    draw = random.Random(3)
    reference = numbers_of(*(draw.gauss(100, 10) for _ in range(5_000)))
    same = number_drift(reference, numbers_of(*(draw.gauss(100, 10) for _ in range(5_000))))
    moved = number_drift(reference, numbers_of(*(draw.gauss(110, 10) for _ in range(5_000))))
    assert same.level is DriftLevel.NONE
    assert moved.level is DriftLevel.LARGE
    # Of two normal distributions one standard deviation apart: KS = 2 * Phi(1/2) - 1 = 0.383; the index is 1 without
    # deciles, and less with them.
    assert moved.kolmogorov_smirnov == pytest.approx(0.383, abs=0.03)
    assert moved.wasserstein == pytest.approx(10, abs=0.7)
    assert moved.psi is not None
    assert 0.75 < moved.psi < 1
    assert number_drift(reference, NumberCounts()).level is DriftLevel.UNKNOWN

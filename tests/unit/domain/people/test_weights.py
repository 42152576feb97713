import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.people.weights import by_rank, cumulative, positions, positions_by_group

CHANCES = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=50)
WEIGHTS = st.lists(st.sampled_from([0.0, 0.1, 1.0, 7.0]), min_size=1, max_size=20).filter(any)


@given(weights=WEIGHTS, chances=CHANCES)
def test_what_has_no_weight_is_never_drawn(weights: list[float], chances: list[float]) -> None:
    found = positions(cumulative(weights), chances=np.array(chances))
    assert (np.array(weights)[found] > 0).all()


def test_each_place_comes_as_often_as_its_weight_says() -> None:
    found = positions(cumulative([1, 3]), chances=np.linspace(0, 1, 400, endpoint=False))
    assert np.bincount(found).tolist() == [100, 300]


@given(groups=st.lists(st.integers(0, 3), min_size=1, max_size=40), seed=st.integers(0, 1000))
def test_groups_are_drawn_as_if_each_were_alone(groups: list[int], seed: int) -> None:
    chances = np.random.default_rng(seed).random(len(groups))
    shares = [cumulative([1.0] * (group + 1)) for group in range(4)]
    found = positions_by_group(np.array(groups), chances=chances, shares_of=lambda group: shares[group])
    alone = [
        positions(shares[group], chances=np.array([chance]))[0] for group, chance in zip(groups, chances, strict=True)
    ]
    assert found.tolist() == alone


def test_ranks_fall_in_frequency() -> None:
    shares = np.diff(by_rank(34), prepend=0.0)
    assert (np.diff(shares) < 0).all()
    assert shares[0] / shares[-1] == pytest.approx(41 / 8)


def test_no_rows_give_no_positions() -> None:
    nobody = np.array([], dtype=np.int64)
    assert positions_by_group(nobody, chances=np.array([]), shares_of=lambda _: cumulative([1.0])).tolist() == []

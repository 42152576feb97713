import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.judging.rankings import aggregate_rankings, kendall_w, shown_orders

NAMES = ["a", "b", "c", "d"]
BALLOTS = st.lists(st.permutations(NAMES), min_size=1, max_size=8)


def test_borda_counts_how_many_each_comes_before() -> None:
    found = aggregate_rankings(["a", "b", "c"], [["a", "b", "c"], ["b", "a", "c"], ["a", "c", "b"]])
    assert found.order == ("a", "b", "c")
    assert found.scores == {"a": 5 / 6, "b": 3 / 6, "c": 1 / 6}
    assert found.ties == ()


def test_concordance_is_what_its_definition_gives() -> None:
    # Three rankings with the rank sums 4, 6 and 8: S = 8, and W = 12 * 8 / (9 * 24).
    found = aggregate_rankings(["a", "b", "c"], [["a", "b", "c"], ["b", "a", "c"], ["a", "c", "b"]])
    assert found.agreement == pytest.approx(12 * 8 / (9 * 24))


def test_ties_are_told_in_the_order_in_which_the_names_were_given() -> None:
    found = aggregate_rankings(["c", "b", "a"], [["a", "b", "c"], ["b", "a", "c"]])
    assert found.order == ("b", "a", "c")
    assert found.ties == (("b", "a"),)


def test_a_judge_that_names_what_it_sees_in_order_finds_all_tied() -> None:
    orders = shown_orders(4, 2, generator=np.random.default_rng(3))
    found = aggregate_rankings(NAMES, [[NAMES[place] for place in order] for order in orders])
    assert found.ties == (tuple(NAMES),)
    assert found.agreement == 0.0


@given(BALLOTS, st.randoms(use_true_random=False))
def test_neither_the_order_of_ballots_nor_that_of_names_changes_a_score(
    ballots: list[list[str]], shuffle: random.Random
) -> None:
    found = aggregate_rankings(NAMES, ballots)
    again = aggregate_rankings(shuffle.sample(NAMES, 4), shuffle.sample(ballots, len(ballots)))
    assert again.scores == found.scores
    assert again.agreement == pytest.approx(found.agreement)
    assert {frozenset(group) for group in again.ties} == {frozenset(group) for group in found.ties}


@given(BALLOTS)
def test_scores_fall_along_the_order_and_lie_between_nothing_and_one(ballots: list[list[str]]) -> None:
    found = aggregate_rankings(NAMES, ballots)
    scores = [found.scores[name] for name in found.order]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(len(NAMES) / 2)
    assert all(0 <= score <= 1 for score in scores)
    assert all(len({found.scores[name] for name in group}) == 1 for group in found.ties)


@given(st.permutations(NAMES), st.integers(2, 6))
def test_ballots_that_are_all_the_same_agree_wholly(ballot: list[str], count: int) -> None:
    found = aggregate_rankings(NAMES, [ballot] * count)
    assert found.order == tuple(ballot)
    assert found.agreement == pytest.approx(1.0)


def test_one_ballot_has_nothing_to_agree_with() -> None:
    assert kendall_w([2, 1, 0], ballots=1) is None


@given(st.integers(3, 8), st.integers(1, 6), st.integers(0, 2**32))
def test_orders_are_different_permutations_and_every_second_is_a_reverse(count: int, orders: int, seed: int) -> None:
    found = shown_orders(count, orders, generator=np.random.default_rng(seed))
    assert len(set(found)) == orders
    assert all(sorted(order) == list(range(count)) for order in found)
    assert all(second == first[::-1] for first, second in zip(found[::2], found[1::2], strict=False))
    assert found == shown_orders(count, orders, generator=np.random.default_rng(seed))


def test_more_orders_than_there_are_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="no 7 orders of 3"):
        shown_orders(3, math.factorial(3) + 1, generator=np.random.default_rng(0))

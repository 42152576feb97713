import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.judging.pairs import PairVerdict, Winner, majority_winner, settle_pair

WINNERS = st.sampled_from(Winner)


@pytest.mark.parametrize("winner", Winner)
def test_what_both_orders_say_holds(winner: Winner) -> None:
    assert settle_pair(winner, winner) == PairVerdict(winner=winner, consistent=True)


@given(WINNERS, WINNERS)
def test_orders_that_disagree_are_a_tie(one: Winner, other: Winner) -> None:
    verdict = settle_pair(one, other)
    if one is not other:
        assert verdict == PairVerdict(winner=Winner.TIE, consistent=False)


@given(WINNERS, WINNERS)
def test_a_pair_given_the_other_way_round_has_the_other_winner(one: Winner, other: Winner) -> None:
    assert settle_pair(other.swapped, one.swapped).winner is settle_pair(one, other).winner.swapped
    assert one.swapped.swapped is one


@given(st.lists(WINNERS, min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_a_majority_does_not_depend_on_the_order_of_judges(winners: list[Winner], shuffle: random.Random) -> None:
    found = majority_winner(winners)
    assert majority_winner(shuffle.sample(winners, len(winners))) is found
    assert majority_winner([winner.swapped for winner in winners]) is found.swapped


def test_as_many_votes_for_each_are_a_tie() -> None:
    assert majority_winner([Winner.FIRST, Winner.SECOND]) is Winner.TIE
    assert majority_winner([Winner.FIRST, Winner.SECOND, Winner.FIRST]) is Winner.FIRST

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.judging.scores import Combination, combine_scores, equal_share, most_frequent, score_agreement

SCORES = st.lists(st.integers(1, 5), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("how", "scores", "combined"),
    [
        (Combination.MEDIAN, [1, 5, 4], 4),
        (Combination.MEDIAN, [3, 4], 3.5),
        (Combination.MEAN, [1, 5, 4, 4], 3.5),
        (Combination.MAJORITY, [1, 5, 5], 5),
        (Combination.MAJORITY, [5, 2, 2, 5], 2),
        (Combination.MAJORITY, [5, 1, 3], 3),
    ],
)
def test_scores_become_one(how: Combination, scores: list[int], combined: float) -> None:
    assert combine_scores(scores, how) == combined


@given(SCORES, st.sampled_from(Combination), st.randoms(use_true_random=False))
def test_the_order_of_judges_plays_no_part(scores: list[int], how: Combination, shuffle: random.Random) -> None:
    shuffled = shuffle.sample(scores, len(scores))
    assert combine_scores(shuffled, how) == pytest.approx(combine_scores(scores, how))
    assert score_agreement(shuffled) == score_agreement(scores)


@given(SCORES, st.sampled_from(Combination))
def test_a_panel_never_leaves_the_range_of_its_judges(scores: list[int], how: Combination) -> None:
    assert min(scores) <= combine_scores(scores, how) <= max(scores)


@given(SCORES)
def test_a_majority_is_a_score_that_somebody_gave(scores: list[int]) -> None:
    assert combine_scores(scores, Combination.MAJORITY) in scores


def test_agreement_is_the_share_of_equal_pairs_and_the_spread() -> None:
    found = score_agreement([4, 4, 1])
    assert (found.equal, found.spread) == (pytest.approx(1 / 3), 3)
    assert equal_share(["a", "a"]) == 1.0


def test_one_judge_agrees_with_nobody() -> None:
    assert score_agreement([4]).equal is None


def test_values_that_come_equally_often_are_all_told() -> None:
    assert most_frequent(["b", "a", "b", "a", "c"]) == ["b", "a"]
    assert most_frequent([]) == []

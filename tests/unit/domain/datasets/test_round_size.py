from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.datasets.round_size import MOST_CANDIDATES_A_ROUND, most_candidates, round_size


def test_the_first_round_is_as_large_as_rows_are_wanted() -> None:
    assert round_size(wanted=70, tried=0, passed=0, most=1_000) == 70


def test_later_rounds_follow_the_rate_a_little_pessimistically() -> None:
    assert round_size(wanted=50, tried=100, passed=51, most=1_000) == 100
    assert round_size(wanted=1, tried=100, passed=99, most=1_000) == 2


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_round_has_a_candidate_and_keeps_to_its_limits(wanted: int, tried: int, passed: int, most: int) -> None:
    size = round_size(wanted=wanted, tried=tried, passed=min(passed, tried), most=most)

    assert 1 <= size <= min(most, MOST_CANDIDATES_A_ROUND)


def test_without_a_limit_there_are_ten_candidates_a_row_and_a_hundred_at_least() -> None:
    assert most_candidates(3, None) == 100
    assert most_candidates(50, None) == 500
    assert most_candidates(50, 7) == 7

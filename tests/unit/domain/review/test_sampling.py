from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.review.reviews import review_document
from textnlp.domain.review.sampling import sample_rows, shares_of

ROWS: list[dict[str, Any]] = [{"topic": "abc"[n % 3] if n < 90 else "rare", "score": n % 7} for n in range(92)]


def drawn(sampling: dict[str, Any], rows: list[dict[str, Any]] = ROWS, *, seed: int = 1) -> list[int]:
    return sample_rows(review_document(sampling=sampling, seed=seed), rows)


def test_all_rows_come_in_their_order() -> None:
    assert drawn({"kind": "all"}) == list(range(92))


@pytest.mark.parametrize("kind", [{"kind": "random"}, {"kind": "stratified", "column": "topic"}])
def test_the_seed_decides_what_is_drawn_and_no_row_twice(kind: dict[str, Any]) -> None:
    sampling = {**kind, "size": 20}
    assert drawn(sampling) == drawn(sampling) != drawn(sampling, seed=2)
    assert len(set(drawn(sampling))) == 20
    assert sorted(drawn({**kind, "size": 500})) == list(range(92))


def test_strata_get_their_share_and_none_is_left_out() -> None:
    places = drawn({"kind": "stratified", "column": "topic", "size": 31})
    assert Counter(ROWS[place]["topic"] for place in places) == {"a": 10, "b": 10, "c": 10, "rare": 1}


def test_the_lowest_scores_come_first_and_rows_without_one_last() -> None:
    rows = [{"s": 3}, {"s": None}, {"s": {"score": 1}}, {"s": 2.5}, {}, {"s": float("nan")}]
    assert drawn({"kind": "lowest_score", "column": "s", "size": 9}, rows) == [2, 3, 0, 1, 4, 5]
    assert drawn({"kind": "lowest_score", "column": "s", "size": 2}, rows) == [2, 3]


def test_rows_on_which_judges_differ_come_first() -> None:
    rows = [{"j": {"a": 3, "b": 3}}, {"j": {"a": 1, "b": 5}}, {"j": {"a": 2, "b": 4}}, {"j": {"a": 2}}]
    assert drawn({"kind": "judge_disagreement", "columns": ["j.a", "j.b"], "size": 3}, rows) == [1, 2, 0]


def test_of_no_rows_none_is_drawn() -> None:
    for sampling in ({"kind": "random", "size": 3}, {"kind": "stratified", "column": "a", "size": 3}):
        assert drawn(sampling, []) == []


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.integers(1, 300))
def test_shares_add_up_and_nothing_gets_more_than_it_has(sizes: list[int], size: int) -> None:
    shares = shares_of(sizes, size)
    assert sum(shares) == min(size, sum(sizes))
    assert all(0 <= share <= most for share, most in zip(shares, sizes, strict=True))
    if size >= len(sizes):
        assert min(shares) >= 1

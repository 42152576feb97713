import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.sampler_columns import QuotaColumn
from textnlp.domain.recipes.sampling.quota import assign_cells, quota_cells, quota_targets

FACTORS: dict[str, list[Any]] = {"a": [1, 2, 3], "b": ["x", "y"], "c": [True, False], "d": [1, 2, 3, 4]}


def quota(**parts: Any) -> QuotaColumn:
    return QuotaColumn.model_validate({"kind": "quota", "factors": FACTORS, **parts})


def test_without_a_strength_all_combinations_are_cells() -> None:
    cells = quota_cells(quota())

    assert len(cells) == len({tuple(cell.items()) for cell in cells}) == 48


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_every_combination_of_so_many_factors_is_in_some_cell(strength: int) -> None:
    cells = quota_cells(quota(strength=strength))

    for chosen in itertools.combinations(FACTORS, strength):
        wanted = set(itertools.product(*(FACTORS[factor] for factor in chosen)))
        assert {tuple(cell[factor] for factor in chosen) for cell in cells} == wanted
    assert len(cells) < 48


def test_pairs_take_hardly_more_cells_than_the_two_largest_factors_have_combinations() -> None:
    assert len(quota_cells(quota(strength=2))) <= 15


@given(st.integers(0, 10_000))
def test_targets_add_up_and_differ_by_one_at_most(rows: int) -> None:
    targets = quota_targets(quota(strength=2), rows)

    assert sum(targets) == rows
    assert max(targets) - min(targets) <= 1


def test_shares_are_kept_to_and_a_share_of_nothing_gets_nothing() -> None:
    column = quota(shares={"a": {"1": 3, "2": 1}, "b": {"x": 1, "y": 1}})
    targets = quota_targets(column, 960)

    rows: Counter[Any] = Counter()
    for cell, target in zip(quota_cells(column), targets, strict=True):
        rows[cell["a"]] += target
    assert rows == {1: 720, 2: 240, 3: 0}


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(1, 300), st.integers(0, 9))
def test_candidates_go_where_rows_are_needed(remaining: list[int], count: int, seed: int) -> None:
    assigned = Counter(assign_cells(remaining, count, seed=seed))

    assert assigned.total() == count
    total = sum(remaining)
    if count >= total > 0:
        assert all(assigned[place] >= need for place, need in enumerate(remaining))
    if total:
        assert all(remaining[place] for place in assigned)


def test_too_many_cells_are_refused_with_what_to_do() -> None:
    factors = {name: list(range(30)) for name in "abc"}
    column = QuotaColumn.model_validate({"kind": "quota", "factors": factors})
    with pytest.raises(TextNLPError, match="smaller strength"):
        quota_cells(column)

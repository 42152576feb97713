from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.recipes.estimate.estimates import ROWS
from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of
from textnlp.domain.recipes.estimate.band import EstimateBand, Size, exactly
from textnlp.domain.recipes.estimate.flow import (
    UNCHECKED_PASS_RATE,
    UNKNOWN_PASS_RATE,
    KnownRows,
    RowFlow,
    pass_rate_of,
    row_flow,
    share_of,
)
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.templates.template import PromptTemplate

LISTED = {"kind": "structured", "prompt": "Ask.", "schema": {"type": "array"}}
EXPANDED: dict[str, dict[str, Any]] = {
    "questions": LISTED,
    "question": {"kind": "expand", "column": "questions"},
    "answer": {"kind": "text", "prompt": "{{ question }}"},
}


def known(rows: Sequence[Mapping[str, Any]] = ROWS, *, items: tuple[int, int, int] = (1, 4, 10)) -> KnownRows:
    filled = {size: [{**row, "questions": ["q"] * items[size]} for row in rows] for size in Size}
    return KnownRows(rows, filled, PromptTemplate)


def flow(
    columns: dict[str, dict[str, Any]],
    *,
    rows: int = 100,
    pass_rate: EstimateBand | None = None,
    at: KnownRows | None = None,
    **parts: Any,
) -> RowFlow:
    recipe = recipe_of(columns, **parts)
    return row_flow(recipe, plan_recipe(recipe), rows=rows, pass_rate=pass_rate or exactly(1.0), known=at or known())


def test_rows_that_are_not_accepted_have_to_be_made_again() -> None:
    found = flow(REVIEWS, pass_rate=EstimateBand(low=0.25, expected=0.5, high=1.0))
    assert found.candidates == EstimateBand(low=100, expected=200, high=400)
    assert found.stages == (found.candidates,)


def test_what_comes_after_an_expand_step_does_not_depend_on_the_length_of_the_list() -> None:
    before, after = flow(EXPANDED).stages
    assert before == EstimateBand(low=10, expected=25, high=100)
    assert after == exactly(100)


def test_a_filter_over_drawn_values_is_measured() -> None:
    found = flow({**REVIEWS, "only": {"kind": "filter", "where": "product == 'lamp'"}})
    assert found.stages[0].expected == pytest.approx(200)
    assert found.stages[0].high < 300


def test_a_filter_over_what_a_model_writes_may_let_anything_pass() -> None:
    columns = {**REVIEWS, "only": {"kind": "filter", "where": "score.clarity.score > 3"}}
    assert flow(columns).stages[0] == EstimateBand(low=100, expected=200, high=1_000)


def test_a_filter_that_no_row_passes_still_comes_to_an_end() -> None:
    columns = {**REVIEWS, "only": {"kind": "filter", "where": "product == 'sofa'"}}
    assert flow(columns).candidates.high == 1_000


@pytest.mark.parametrize(
    ("step", "after"),
    [({"fraction": 0.5}, (200, 200, 200)), ({"rows": 2}, (100, 200, 500))],
)
def test_rows_that_a_subsample_leaves_out_are_made_nevertheless(
    step: dict[str, Any], after: tuple[float, float, float]
) -> None:
    columns = {
        **{name: EXPANDED[name] for name in ("questions", "question")},
        "some": {"kind": "subsample", "after": "question", **step},
    }
    found = flow(columns).stages[1]
    assert (found.low, found.expected, found.high) == pytest.approx(after)


def test_the_limit_on_candidates_bounds_the_worst_case() -> None:
    found = flow(REVIEWS, pass_rate=EstimateBand(low=0.1, expected=0.5, high=1), accept={"max_candidates": 300})
    assert found.candidates == EstimateBand(low=100, expected=200, high=300)


def test_a_list_that_was_drawn_is_counted() -> None:
    rows = [{"questions": ["a", "b"]}, {"questions": ["a", "b", "c", "d"]}]
    assert flow(EXPANDED, at=known(rows)).candidates.expected == pytest.approx(100 / 3)
    limited = {**EXPANDED, "question": {"kind": "expand", "column": "questions", "limit": 1}}
    assert flow(limited, at=known(rows)).candidates == exactly(100)


def test_a_pass_rate_is_assumed_by_whether_anything_is_looked_at() -> None:
    assert pass_rate_of(recipe_of(REVIEWS)) == UNCHECKED_PASS_RATE
    assert pass_rate_of(recipe_of(REVIEWS, accept={"where": "product"})) == UNKNOWN_PASS_RATE


@pytest.mark.parametrize(
    ("condition", "expected"),
    [(None, 1.0), ("product == 'lamp'", 0.5), ("review == 'x'", 0.5), ("product.name.first == 'x'", 0.5)],
)
def test_a_condition_holds_for_a_share_of_the_rows(condition: str | None, expected: float) -> None:
    share = share_of(condition, known())
    assert share.expected == expected
    assert (share.low > 0) == (condition is None or "lamp" in condition)


@given(
    st.integers(1, 10_000),
    st.integers(0, 10_000),
    st.floats(0.01, 1),
    st.lists(st.integers(1, 12), min_size=3, max_size=3).map(sorted),
    st.none() | st.integers(1, 5_000),
)
def test_more_rows_never_take_fewer(rows: int, more: int, rate: float, items: list[int], limit: int | None) -> None:
    at = known(items=(items[0], items[1], items[2]))
    pass_rate = EstimateBand(low=rate / 2, expected=rate, high=1.0)
    accept = {"max_candidates": limit} if limit else {}
    few, many = (
        flow(EXPANDED, rows=number, pass_rate=pass_rate, at=at, accept=accept) for number in (rows, rows + more)
    )
    for fewer, further in zip((few.candidates, *few.stages), (many.candidates, *many.stages), strict=True):
        assert all(fewer.at(size) <= further.at(size) * (1 + 1e-9) for size in Size)

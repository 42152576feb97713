from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.sampling.draws import BLOCK_ROWS, ColumnDraws

COLUMNS = recipe_of(
    {
        "color": {"kind": "subcategory", "of": "product", "values": {"lamp": ["red"], "chair": ["blue", "green"]}},
        "product": {"kind": "category", "values": ["lamp", "chair"]},
        "number": {"kind": "uniform", "low": 0, "high": 1},
        "buyer": {"kind": "person"},
    }
).columns


def draws(seed: int = 1) -> ColumnDraws:
    return ColumnDraws(COLUMNS, seed=seed)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3 * BLOCK_ROWS), st.integers(1, 40), st.integers(1, 40))
def test_a_candidate_has_the_same_values_whichever_stretch_is_drawn(first: int, count: int, more: int) -> None:
    whole = draws().draw(first, count + more)

    parts = draws()
    begin, rest = parts.draw(first, count), parts.draw(first + count, more)

    assert {name: begin[name] + rest[name] for name in whole} == whole


def test_columns_come_in_the_order_of_the_recipe_and_depend_on_one_another() -> None:
    found = draws().draw(0, 200)

    assert list(found) == list(COLUMNS)
    pairs = set(zip(found["product"], found["color"], strict=True))
    assert pairs == {("lamp", "red"), ("chair", "blue"), ("chair", "green")}


def test_another_seed_draws_otherwise() -> None:
    assert draws(1).draw(0, 5)["number"] != draws(2).draw(0, 5)["number"]


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"color": {"kind": "subcategory", "of": "review", "values": {"x": [1]}}}, "columns.color"),
        ({"age": {"kind": "gaussian", "mean": 0, "deviation": 0.01, "low": 9}}, "columns.age.low"),
    ],
)
def test_what_cannot_be_drawn_is_told_with_its_place(columns: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as raised:
        ColumnDraws(recipe_of(columns).columns, seed=0).draw(0, 1)
    assert raised.value.facts.field == field

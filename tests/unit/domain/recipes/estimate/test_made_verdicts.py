from typing import Any

import pytest

from tests.unit.application.cells.judged_cells import Bench
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.datasets.column_type import type_of
from textnlp.domain.recipes.estimate.made_verdicts import made_verdict
from textnlp.domain.recipes.judge_columns import JudgingColumn

COLUMNS: list[dict[str, Any]] = [
    {"kind": "judge", "prompt": "p", "scores": {"clarity": {"description": "Is it clear?"}}},
    {"kind": "pairwise", "prompt": "p", "first": "a", "second": "b"},
    {"kind": "rank", "prompt": "p", "columns": ["a", "b", "c"], "permutations": 3},
]


def names_in(value: Any) -> Any:
    """Return the names of all fields, whatever their values."""
    if isinstance(value, dict):
        return {name: names_in(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return [names_in(each) for each in value[:1]] if isinstance(value, list) else None  # pyright: ignore[reportUnknownVariableType]


@pytest.mark.parametrize("asked", [{"model": "x"}, {"models": ["x", "y", "z"]}], ids=["alone", "panel"])
@pytest.mark.parametrize("parts", COLUMNS, ids=lambda parts: str(parts["kind"]))
async def test_a_made_verdict_has_the_fields_of_one_that_was_given(
    parts: dict[str, Any], asked: dict[str, Any]
) -> None:
    column = recipe_of({"c": {**parts, **asked}}).columns["c"]
    assert isinstance(column, JudgingColumn)
    given = (await Bench({}).make({**parts, **asked}, {"a": "one", "b": "two", "c": "three"})).value

    made = made_verdict(column, "so")

    assert {**names_in(made), "ties": None} == {**names_in(given), "ties": None}
    assert str(type_of(given)).startswith("struct<")


def test_conditions_over_a_made_verdict_can_be_evaluated() -> None:
    column = recipe_of({"c": {**COLUMNS[0], "models": ["x", "y"]}}).columns["c"]
    assert isinstance(column, JudgingColumn)
    assert made_verdict(column, "so")["clarity"]["score"] == 3.0

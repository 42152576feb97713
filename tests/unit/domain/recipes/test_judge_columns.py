from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.judge_columns import JudgingColumn, asks_a_judge, judges_of
from textnlp.domain.recipes.plan import plan_recipe

JUDGE = {"kind": "judge", "prompt": "p", "scores": {"clarity": {"description": "Is it clear?"}}}
PAIRWISE = {"kind": "pairwise", "prompt": "Which is clearer?", "first": "a", "second": "b"}
RANK = {"kind": "rank", "prompt": "Rank them.", "columns": ["a", "b", "c"]}
TEXTS = {name: {"kind": "text", "prompt": "Write."} for name in "abc"}
MODELS: dict[str, Any] = {"x": {}, "y": {}, "z": {}}


def column_of(parts: dict[str, Any]) -> JudgingColumn:
    column = recipe_of({"c": parts}).columns["c"]
    assert isinstance(column, JudgingColumn)
    return column


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({**JUDGE, "model": "x", "models": ["x", "y"]}, "either model or models"),
        ({**JUDGE, "models": ["x", "x"]}, "an alias twice"),
        ({**JUDGE, "models": ["x"]}, "at least 2"),
        ({**JUDGE, "models": ["x", "y"], "min_judges": 3}, "more than there are models"),
        ({**JUDGE, "min_judges": 1}, "min_judges is of a panel"),
        ({**PAIRWISE, "second": "a"}, "the same column"),
        ({**RANK, "columns": ["a", "b", "a"]}, "names one twice"),
        ({**RANK, "columns": ["a", "b"]}, "at least 3"),
        ({**RANK, "permutations": 7}, "less than or equal to 6"),
    ],
)
def test_what_makes_no_sense_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        recipe_of({"c": parts})


def test_a_panel_has_its_judges_and_more_than_half_have_to_answer() -> None:
    panel = column_of({**JUDGE, "models": ["x", "y", "z"]})
    assert judges_of(panel) == ("x", "y", "z")
    assert panel.least_judges == 2
    assert judges_of(column_of(JUDGE)) == (None,)
    assert column_of({**JUDGE, "models": ["x", "y"], "min_judges": 1}).least_judges == 1


def test_pairs_are_asked_about_twice_and_rankings_for_every_permutation() -> None:
    assert [asks_a_judge(column_of(parts)) for parts in (JUDGE, PAIRWISE, RANK, {**RANK, "permutations": 5})] == [
        *(1, 2, 2, 5)
    ]


def test_what_is_compared_is_made_before_it_is_judged() -> None:
    plan = plan_recipe(recipe_of({"best": PAIRWISE, "order": RANK, **TEXTS}))
    assert plan.needs["best"] == {"a", "b"}
    assert plan.stages[0].waves == (("a", "b", "c"), ("best", "order"))


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({**PAIRWISE, "second": "d"}, "columns.j.second"),
        ({**RANK, "columns": ["a", "b", "d"]}, "columns.j.columns[2]"),
        ({**PAIRWISE, "models": ["x", "w"]}, "columns.j.models[1]"),
    ],
)
def test_a_name_that_there_is_not_is_told_with_its_place(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as raised:
        plan_recipe(recipe_of({"j": parts, **TEXTS}, models=MODELS))
    assert raised.value.facts.field == field


def test_a_judge_alone_has_the_fingerprint_that_it_has_without_panels() -> None:
    essence = recipe_of({"c": JUDGE}).essence()["columns"]["c"]
    assert not {"models", "min_judges", "combine"} & essence.keys()
    panels = [
        recipe_of({"c": {**JUDGE, "models": ["x", "y"], "combine": how}}, models=MODELS) for how in ("mean", "median")
    ]
    assert panels[0].fingerprint != panels[1].fingerprint

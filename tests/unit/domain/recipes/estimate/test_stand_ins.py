from typing import Any

from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of
from textnlp.domain.recipes.estimate.band import EstimateBand, Size
from textnlp.domain.recipes.estimate.stand_ins import StandIns
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.templates.template import PromptTemplate

LENGTHS = {
    "review": EstimateBand(low=1, expected=10, high=100),
    "score": EstimateBand(low=10, expected=20, high=30),
    "chat": EstimateBand(low=1, expected=2, high=3),
}


def filled(columns: dict[str, dict[str, Any]], row: dict[str, Any], size: Size = Size.EXPECTED) -> dict[str, Any]:
    recipe = recipe_of(columns)
    stand_ins = StandIns(recipe, plan_recipe(recipe), lengths=LENGTHS, characters_a_token=4.0, compiled=PromptTemplate)
    return stand_ins.fill(row, size)


def test_texts_are_as_long_as_their_column_in_each_case() -> None:
    lengths = [len(filled(REVIEWS, {"product": "chair"}, size)["review"]) for size in Size]
    assert lengths == [4, 40, 400]


def test_what_was_drawn_stays_and_a_judge_gives_the_middle_mark() -> None:
    row = filled(REVIEWS, {"product": "chair"})
    assert row["product"] == "chair"
    assert row["score"]["clarity"]["score"] == 3
    assert len(row["score"]["clarity"]["reason"]) == 80


def test_columns_that_are_worked_out_are_worked_out_from_made_up_values() -> None:
    columns: dict[str, dict[str, Any]] = {
        **REVIEWS,
        "mark": {"kind": "expression", "value": "{{ score.clarity.score }}", "type": "whole"},
        "title": {"kind": "expression", "value": "On {{ product }}"},
        "broken": {"kind": "expression", "value": "{{ product.name.first }}"},
        "found": {"kind": "validate", "checks": [{"kind": "required", "column": "review"}]},
        "computed": {"kind": "python", "function": "measure", "inputs": ["product"]},
    }
    row = filled(columns, {"product": "chair"})
    assert (row["mark"], row["title"], row["broken"]) == (3, "On chair", "")
    assert row["found"] == {"passed": True, "reasons": []}
    assert len(row["computed"]) == 60


def test_an_expand_step_takes_the_first_item() -> None:
    listed = {"kind": "structured", "prompt": "Ask.", "schema": {"type": "array", "items": {"const": "why"}}}
    columns = {"questions": listed, "question": {"kind": "expand", "column": "questions"}}
    assert filled(columns, {})["question"] == "why"


def test_conversations_and_traces_grow_with_the_case() -> None:
    columns: dict[str, dict[str, Any]] = {
        "chat": {"kind": "conversation", "user": {"system": "a"}, "assistant": {"system": "b"}, "max_turns": 6},
        "trace": {"kind": "tool_calls", "prompt": "Do.", "tools": {"find": {"description": "d", "parameters": {}}}},
        "vector": {"kind": "embed", "text": "{{ chat }}"},
    }
    rows = [filled(columns, {}, size) for size in Size]
    assert [len(row["chat"]) for row in rows] == [2, 6, 12]
    assert [len(row["trace"]) for row in rows] == [4, 4, 10]
    assert all(isinstance(number, float) for number in rows[0]["vector"])

from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of

ALIKE: list[dict[str, Any]] = [
    {"concurrency": 9},
    {"models": {"writer": {"timeout_seconds": 5}}},
    {"models": {"writer": {"route": {"executor": "batch"}}}},
    {"accept": {"rows": 7, "max_cost": 1, "max_seconds": 3, "max_candidates": 50}},
    {"output": {"license": "cc0-1.0"}},
    {"name": "other"},
]
UNLIKE: list[dict[str, Any]] = [
    {"seed": 1},
    {"models": {"writer": {"temperature": 0.5}}},
    {"accept": {"where": "score.clarity.score > 3"}},
    {"checks": [{"kind": "required", "column": "review"}]},
    {"seeds": {"kind": "rows", "rows": [{"a": 1}]}},
]
WRITER: dict[str, Any] = {"models": {"writer": {}}}


@pytest.mark.parametrize("parts", ALIKE, ids=str)
def test_the_fingerprint_leaves_out_what_does_not_decide_a_row(parts: dict[str, Any]) -> None:
    assert recipe_of(REVIEWS, **(WRITER | parts)).fingerprint == recipe_of(REVIEWS, **WRITER).fingerprint


@pytest.mark.parametrize("parts", UNLIKE, ids=str)
def test_the_fingerprint_tells_what_decides_a_row(parts: dict[str, Any]) -> None:
    assert recipe_of(REVIEWS, **(WRITER | parts)).fingerprint != recipe_of(REVIEWS, **WRITER).fingerprint


def test_the_fingerprint_does_not_depend_on_the_order_of_columns() -> None:
    turned = dict(reversed(REVIEWS.items()))
    assert recipe_of(turned).fingerprint == recipe_of(REVIEWS).fingerprint


def test_columns_ask_the_first_model_unless_they_name_one() -> None:
    recipe = recipe_of(REVIEWS, models={"a": {"temperature": 0}, "b": {"temperature": 1}})
    assert recipe.alias(None).temperature == 0
    assert recipe.alias("b").temperature == 1
    assert recipe_of(REVIEWS).alias(None).model is None


@pytest.mark.parametrize(
    "column",
    [
        {"kind": "category", "values": ["a"], "weights": [1, 2]},
        {"kind": "category", "values": ["a"], "weights": [0]},
        {"kind": "subcategory", "of": "a", "values": {"x": [1]}, "weights": {"y": [1]}},
        {"kind": "uniform", "low": 2, "high": 1},
        {"kind": "zipf"},
        {"kind": "datetime", "start": "2026-01-02", "end": "2026-01-01"},
        {"kind": "datetime", "start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00"},
        {"kind": "timedelta", "after": "a", "low": 2, "high": 2},
        {"kind": "person", "min_age": 50, "max_age": 40},
        {"kind": "pick"},
        {"kind": "quota", "factors": {}},
        {"kind": "quota", "factors": {"a": [1]}, "strength": 2},
        {"kind": "quota", "factors": {"a": [1]}, "shares": {"a": {"2": 1}}},
        {"kind": "text"},
        {"kind": "text", "prompt": "x", "template": "y@1"},
        {"kind": "judge", "prompt": "x", "scores": {"s": {"description": "d", "scale": {"1": "bad"}}}},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(column: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        recipe_of({"column": column})


@pytest.mark.parametrize(
    "seeds",
    [
        {"kind": "rows"},
        {"kind": "documents", "path": "x", "chunk_characters": 100, "overlap_characters": 100},
    ],
    ids=str,
)
def test_seeds_that_cannot_be_meant_are_refused(seeds: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        recipe_of(REVIEWS, seeds=seeds)

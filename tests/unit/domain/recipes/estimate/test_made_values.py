from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.recipes.estimate.band import Size
from textnlp.domain.recipes.estimate.made_values import (
    MAX_MADE_CHARACTERS,
    json_characters,
    made_text,
    made_value,
)

REVIEW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "stars": {"type": "integer"},
        "mood": {"enum": ["ok", "delighted"]},
        "lines": {"type": "array", "items": {"type": "string", "maxLength": 50}, "minItems": 2, "maxItems": 6},
    },
    "required": ["lines"],
}


def test_small_usual_and_large_values_keep_to_the_bounds() -> None:
    small, usual, large = (made_value(REVIEW, size) for size in Size)
    assert list(small) == ["lines"]
    assert [len(value["lines"]) for value in (small, usual, large)] == [2, 4, 6]
    assert len(large["lines"][0]) == 50
    assert (usual["mood"], large["mood"]) == ("delighted", "delighted")


@pytest.mark.parametrize(
    ("schema", "small", "large"),
    [
        ({"type": ["string", "null"]}, None, 400),
        ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "string", "minLength": 900}]}, 3, 1_800),
        ({"type": "string", "format": "date"}, 24, 24),
        ({"const": "fixed"}, 5, 5),
    ],
)
def test_texts_are_as_long_as_their_schema_lets_them(schema: dict[str, Any], small: int | None, large: int) -> None:
    first, last = made_value(schema, Size.LOW), made_value(schema, Size.HIGH)
    assert (first if first is None else len(first), len(last)) == (small, large)


def test_a_schema_that_refers_to_itself_comes_to_an_end() -> None:
    node: dict[str, Any] = {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {"type": "object", "properties": {"below": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}
        },
    }
    assert json_characters(made_value(node, Size.HIGH)) < 100_000


def listed(item: dict[str, Any], least: int, more: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least, "maxItems": least + more}


def fields(parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"type": "object", "properties": parts, "required": sorted(parts)}


_plain: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "integer"},
    {"type": "boolean"},
    {"enum": ["a", "bcd", 5]},
    {},
]
_schemas: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.sampled_from(_plain),
    lambda inner: (
        st.builds(listed, inner, st.integers(0, 4), st.integers(0, 4))
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(fields)
    ),
    max_leaves=6,
)


@given(_schemas)
def test_larger_values_are_no_shorter(schema: dict[str, Any]) -> None:
    lengths = [json_characters(made_value(schema, size)) for size in Size]
    assert lengths[Size.LOW] <= lengths[Size.EXPECTED] <= lengths[Size.HIGH]


@given(st.floats(0, 1e6))
def test_a_text_has_the_characters_that_are_wanted_up_to_a_limit(characters: float) -> None:
    assert len(made_text(characters)) == min(round(characters), MAX_MADE_CHARACTERS)

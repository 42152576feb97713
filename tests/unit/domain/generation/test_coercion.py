import copy
from typing import Any, cast

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.generation.coercion import Coercion
from textnlp.domain.generation.json_schema import Schema
from textnlp.domain.generation.sample import sample_value

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "full_name": {"type": "string"},
        "age": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "mood": {"enum": ["Good", "Bad"]},
        "note": {"type": "string"},
    },
    "required": ["full_name", "age"],
    "additionalProperties": False,
}


def coerced(value: Any, schema: dict[str, Any]) -> Any:
    def fits(candidate: Any, branch: Schema) -> bool:
        return jsonschema_rs.is_valid({**dict(branch), "$defs": schema.get("$defs", {})}, candidate)

    return Coercion(schema, fits=fits).apply(value)


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        ("5", {"type": "integer"}, 5),
        (" -5.0 ", {"type": "integer"}, -5),
        (4.0, {"type": "integer"}, 4),
        ("4.5", {"type": "number"}, 4.5),
        ("1e3", {"type": "number"}, 1000.0),
        ("7", {"type": "number"}, 7),
        ("True", {"type": "boolean"}, True),
        ("no", {"type": "boolean"}, False),
        ("null", {"type": "null"}, None),
        (12345, {"type": "string"}, "12345"),
        (True, {"type": "string"}, "true"),
        ("a", {"type": "array", "items": {"type": "string"}}, ["a"]),
        ("3", {"type": "array", "items": {"type": "integer"}}, [3]),
        ('["a", "b"]', {"type": "array"}, ["a", "b"]),
        ('{"a": "1"}', {"type": "object", "properties": {"a": {"type": "integer"}}}, {"a": 1}),
        ([{"a": 1}], {"type": "object"}, {"a": 1}),
        (" good", {"enum": ["Good", "Bad"]}, "Good"),
        ("2", {"enum": [1, 2]}, 2),
        ("yes!", {"const": "YES!"}, "YES!"),
        ("n/a", {"type": ["integer", "null"]}, None),
        ("5", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, 5),
        ({"x": "5"}, {"allOf": [{"properties": {"x": {"type": "integer"}}}]}, {"x": 5}),
        (["1", 2], {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, [1, "2"]),
        ({"k": "1"}, {"type": "object", "additionalProperties": {"type": "integer"}}, {"k": 1}),
        ({"n": "1"}, {"properties": {"n": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}, {"n": 1}),
    ],
)
def test_one_sensible_reading_is_taken(value: Any, schema: dict[str, Any], expected: Any) -> None:
    found = coerced(value, schema)
    assert found == expected
    assert type(found) is type(expected)


def test_an_object_gets_the_names_and_fields_that_are_expected() -> None:
    value = {"Full Name": "Ada", "AGE": "36", "tags": "maths", "mood": "bad", "note": None, "extra": 1}
    assert coerced(value, PERSON) == {"full_name": "Ada", "age": 36, "tags": ["maths"], "mood": "Bad"}


def test_a_required_null_stays_to_be_refused() -> None:
    assert coerced({"full_name": None, "age": 1}, PERSON) == {"full_name": None, "age": 1}


def test_names_that_would_fall_together_stay_as_they_are() -> None:
    schema = {"type": "object", "properties": {"a_b": {"type": "string"}}}
    assert coerced({"A B": "1", "a-b": "2"}, schema) == {"A B": "1", "a-b": "2"}


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("five", {"type": "integer"}),
        ("1,000", {"type": "integer"}),
        (4.5, {"type": "integer"}),
        (True, {"type": "integer"}),
        ("maybe", {"type": "boolean"}),
        (None, {"type": "array"}),
        ({"a": 1}, {"type": "string"}),
        ("Goodish", {"enum": ["Good", "Bad"]}),
        ("A", {"enum": ["a", "A ", " a"]}),
        ("x", {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ("too long", {"type": "string", "maxLength": 3}),
        ("{broken", {"type": "object"}),
        (1, {"$ref": "#/$defs/missing"}),
        (1, {"$ref": "#"}),
    ],
)
def test_what_has_no_sensible_reading_is_left_for_the_validator(value: Any, schema: dict[str, Any]) -> None:
    assert coerced(value, schema) == value


def test_a_branch_is_chosen_by_what_fits_as_a_whole() -> None:
    schema: dict[str, Any] = {
        "oneOf": [
            {"type": "object", "properties": {"kind": {"const": "a"}, "n": {"type": "integer"}}, "required": ["kind"]},
            {"type": "object", "properties": {"kind": {"const": "b"}, "n": {"type": "string"}}, "required": ["kind"]},
        ],
    }
    assert coerced({"kind": "b", "n": 5}, schema) == {"kind": "b", "n": "5"}


def test_the_value_given_is_not_changed() -> None:
    value = {"Full Name": "Ada", "age": "36", "tags": "x"}
    before = copy.deepcopy(value)
    coerced(value, PERSON)
    assert value == before


SCHEMAS: list[dict[str, Any]] = [
    PERSON,
    {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 1, "maxItems": 4},
    {"type": "object", "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}, "required": ["a"]},
    {
        "$defs": {
            "t": {
                "type": "object",
                "properties": {"v": {"type": "boolean"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/t"}}},
                "required": ["v"],
            },
        },
        "$ref": "#/$defs/t",
    },
]


def spoiled(value: Any) -> Any:
    """Write every number and boolean as a string, as models do."""
    if isinstance(value, dict):
        return {name: spoiled(item) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [spoiled(item) for item in cast("list[Any]", value)]
    return str(value) if isinstance(value, int | float) else value


@given(st.sampled_from(SCHEMAS), st.text(max_size=5))
def test_values_written_as_strings_become_valid_again(schema: dict[str, Any], seed: str) -> None:
    value = sample_value(schema, seed=seed)
    assert coerced(spoiled(value), schema) == value


@given(st.sampled_from(SCHEMAS), st.text(max_size=5))
def test_a_valid_value_stays_as_it_is(schema: dict[str, Any], seed: str) -> None:
    value = sample_value(schema, seed=seed)
    assert coerced(value, schema) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(SCHEMAS), json_values)
def test_coercing_twice_changes_nothing_more(schema: dict[str, Any], value: Any) -> None:
    once = coerced(value, schema)
    assert coerced(once, schema) == once

from typing import Any

import jsonschema_rs
import pytest

from textnlp.domain.generation.sample import sample_value

SCHEMAS: list[dict[str, Any]] = [
    {},
    {"type": "string", "minLength": 80, "maxLength": 90},
    {"type": "string", "maxLength": 3},
    {"type": "integer", "minimum": 3, "maximum": 4},
    {"type": "integer", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "integer", "maximum": -5},
    {"type": "integer", "multipleOf": 7, "minimum": 20, "maximum": 30},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "number", "multipleOf": 0.5, "minimum": 0, "maximum": 10},
    {"type": ["null", "boolean"]},
    {"enum": ["a", 1, None]},
    {"const": {"a": 1}},
    {"type": "array", "uniqueItems": True, "minItems": 5, "items": {"type": "integer", "minimum": 0, "maximum": 9}},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    {"type": "object", "minProperties": 2, "additionalProperties": {"type": "boolean"}},
    {"type": "object", "required": ["unlisted"]},
    {"allOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"required": ["b"]}], "type": "object"},
    {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    {"$ref": "#/$defs/x", "$defs": {"x": {"type": "boolean"}}},
    {
        "$defs": {"t": {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/t"}}}}},
        "$ref": "#/$defs/t",
    },
    *(
        {"type": "string", "format": name}
        for name in ("date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid")
    ),
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_samples_satisfy_their_schema(schema: dict[str, Any]) -> None:
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    for seed in range(50):
        value = sample_value(schema, seed=str(seed))
        assert validator.is_valid(value), value


def test_the_same_seed_gives_the_same_value_and_others_give_others() -> None:
    schema = {"type": "array", "items": {"type": "string"}, "minItems": 3}
    assert sample_value(schema, seed="a") == sample_value(schema, seed="a")
    assert len({str(sample_value(schema, seed=str(seed))) for seed in range(20)}) > 10


def test_a_value_is_the_same_in_every_process() -> None:
    assert sample_value({"type": "integer", "minimum": 0, "maximum": 10**6}, seed="pinned") == 202_708


def test_a_schema_that_no_value_can_end_still_returns() -> None:
    sample_value({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, seed="x")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 10**9, "items": {"type": "string"}},
        {"type": "array", "uniqueItems": True, "minItems": 10**6, "items": {"type": "boolean"}},
        {"type": "object", "minProperties": 10**9},
        {"type": "string", "minLength": 10**9},
        {"type": "number", "minimum": 1e308, "multipleOf": 1e-300},
        {"type": "object", "properties": {name: {"$ref": "#"} for name in "abcdefghijklmnopqrstuvwxyz"}},
        {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}] * 100}}, "$ref": "#/$defs/a"},
    ],
)
def test_a_schema_that_demands_too_much_gets_a_small_value(schema: dict[str, Any]) -> None:
    assert len(repr(sample_value(schema, seed="a"))) < 1_000_000

from typing import Any

import pytest

from textnlp.domain.generation.json_schema import ANYTHING, extent_of, has_type, resolved, types_of

ROOT: dict[str, Any] = {
    "$defs": {
        "a/b": {"type": "string"},
        "tilde~": {"type": "null"},
        "list": {"anyOf": [{"type": "integer"}]},
        "loop": {"$ref": "#/$defs/loop"},
        "twice": {"$ref": "#/$defs/a~1b", "maxLength": 3},
    },
    "type": "object",
}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#", ROOT),
        ("#/$defs/a~1b", {"type": "string"}),
        ("#/$defs/tilde~0", {"type": "null"}),
        ("#/$defs/list/anyOf/0", {"type": "integer"}),
        ("#/$defs/list/anyOf/7", ANYTHING),
        ("#/$defs/list/anyOf/x", ANYTHING),
        ("#/$defs/missing", ANYTHING),
        ("#/type/deeper", ANYTHING),
        ("#/$defs/loop", ANYTHING),
        ("#/$defs/twice", {"type": "string", "maxLength": 3}),
    ],
)
def test_references_are_followed_within_the_document(reference: str, found: dict[str, Any]) -> None:
    assert resolved({"$ref": reference}, ROOT) == found


def test_a_reference_to_another_document_is_left() -> None:
    assert resolved({"$ref": "https://example.org/x"}, ROOT) == {"$ref": "https://example.org/x"}


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"type": "string"}, ("string",)),
        ({"type": ["string", "null"]}, ("string", "null")),
        ({"properties": {}}, ("object",)),
        ({"items": {}}, ("array",)),
        ({}, ()),
    ],
)
def test_types_are_named_or_meant(schema: dict[str, Any], types: tuple[str, ...]) -> None:
    assert types_of(schema) == types


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (None, {"null"}),
        (True, {"boolean"}),
        (1, {"integer", "number"}),
        (1.0, {"integer", "number"}),
        (1.5, {"number"}),
        ("1", {"string"}),
        ([], {"array"}),
        ({}, {"object"}),
    ],
)
def test_a_value_has_the_types_that_json_schema_gives_it(value: object, names: set[str]) -> None:
    every = {"null", "boolean", "integer", "number", "string", "array", "object", "unknown"}
    assert {name for name in every if has_type(value, name)} == names


def test_the_extent_counts_what_references_unfold_to() -> None:
    doubling = {"$defs": {f"a{at}": {"allOf": [{"$ref": f"#/$defs/a{at + 1}"}] * 2} for at in range(20)}}
    assert extent_of({"$ref": "#/$defs/a0", **doubling}).size > 2**20
    assert extent_of({"type": "object", "properties": {"a": {}, "b": {}}}).loops == 0


def test_the_extent_counts_references_from_within_what_they_refer_to() -> None:
    node = {"type": "object", "properties": {"left": {"$ref": "#/$defs/node"}, "right": {"$ref": "#/$defs/node"}}}
    assert extent_of({"$ref": "#/$defs/node", "$defs": {"node": node}}).loops == 2
    assert extent_of({"anyOf": [{"items": {"$ref": "#"}}] * 10}).loops == 10

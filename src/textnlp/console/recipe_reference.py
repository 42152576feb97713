"""The JSON Schema of recipes as something to read: each part with its keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from textnlp.bootstrap.ready_recipes import recipe_schema

_REF = "#/$defs/"
_ROOT = "Recipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a part: what it may be, what it is where left out, and the parts that it may hold."""

    name: str
    type: str
    is_required: bool
    default: str
    description: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipePart:
    """A part of a recipe; `kind` is what it is told by, where it is."""

    name: str
    kind: str
    description: str
    keys: tuple[Key, ...]


@cache
def recipe_parts() -> dict[str, list[RecipePart]]:
    """Return the parts under headings: the recipe itself and what it consists of, columns and steps, checks."""
    schema: Mapping[str, Any] = recipe_schema()
    definitions: Mapping[str, Any] = schema["$defs"]
    groups: dict[str, list[RecipePart]] = {"The recipe": [_part(_ROOT, schema)], "Columns and steps": [], "Checks": []}
    for name, each in sorted(definitions.items()):
        groups[_group(name)].append(_part(name, each))
    return groups


def _group(name: str) -> str:
    if name.endswith(("Column", "Step")):
        return "Columns and steps"
    return "Checks" if name.endswith("Check") else "The recipe"


def _part(name: str, schema: Mapping[str, Any]) -> RecipePart:
    properties: Mapping[str, Any] = schema.get("properties", {})
    required = set(schema.get("required", ()))
    kind: Mapping[str, Any] = properties.get("kind", {})
    kinds = [str(each) for each in kind.get("enum", [kind["const"]] if "const" in kind else [])]
    return RecipePart(
        name=name,
        kind=" or ".join(kinds),
        description=schema.get("description", ""),
        keys=tuple(_key(key, each, is_required=key in required) for key, each in properties.items() if key != "kind"),
    )


def _key(name: str, schema: Mapping[str, Any], *, is_required: bool) -> Key:
    default: object = schema.get("default")
    return Key(
        name=name,
        type=_type(schema),
        is_required=is_required,
        default="" if default in (None, "", []) or isinstance(default, dict) else str(default),
        description=schema.get("description", ""),
        parts=tuple(dict.fromkeys(_references(schema))),
    )


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    choices: list[Mapping[str, Any]] = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if choices:
        named = dict.fromkeys(_type(each) for each in choices if each.get("type") != "null")
        return " or ".join(each for each in named if each)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}".removesuffix(" of ")
    return str(schema.get("type", ""))


def _references(schema: Any) -> list[str]:
    if isinstance(schema, Mapping):
        inner = cast("Mapping[str, Any]", schema)
        found = [str(inner["$ref"]).removeprefix(_REF)] if "$ref" in inner else []
        return found + [each for key, value in inner.items() if key != "discriminator" for each in _references(value)]
    if isinstance(schema, list):
        items = cast("list[Any]", schema)
        return [each for value in items for each in _references(value)]
    return []

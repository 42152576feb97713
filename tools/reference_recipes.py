"""The page of recipes: every key from the schema that recipes are checked against, and the recipes of the package."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from tools.markdown import escaped, table

from textnlp.bootstrap.ready_recipes import ready_recipes, recipe_schema, settings_of_file

_LONGEST_DEFAULT = 100
_ORDER = ("Part", "Seeds", "Column", "Step", "Check")
_NAMES = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false", "null": "null"}

_Schema = Mapping[str, Any]


def recipes_page() -> str:
    """Return the page that lists every key with its type, default and meaning, and every ready recipe."""
    schema = recipe_schema()
    shapes: Mapping[str, _Schema] = schema["$defs"]
    lines = [
        "# Recipes",
        "",
        "What a recipe's file may say. `textnlp recipe schema` prints the same as a JSON Schema, for editors and",
        "programs; `textnlp run RECIPE --check` looks at a file. How to use it:",
        "[Make a dataset](../how-to/make-a-dataset.md).",
        "",
        *_ready(),
        "## The whole file",
        "",
        *_keys(schema),
        "",
    ]
    for title, shape in _sections(shapes):
        lines += [f"## {title}", "", _first_line(shape), "", *_keys(shape), ""]
    return "\n".join(lines)


def _ready() -> Iterator[str]:
    yield from [
        "## Recipes of the package",
        "",
        "`textnlp run NAME --out DIR` makes one; `--set KEY=VALUE` changes it.",
    ]
    yield ""
    rows = [
        [
            f"`{ready.name}`",
            escaped(ready.summary),
            ", ".join(f"`{setting.name}`" for setting in settings_of_file(ready.path)) or "none",
        ]
        for ready in ready_recipes()
    ]
    yield from [*table(["name", "makes", "settings"], rows), ""]


def _sections(shapes: Mapping[str, _Schema]) -> list[tuple[str, _Schema]]:
    """Return the parts, then the columns, steps, seeds and checks, each by its kind."""
    titled = [(_title(name, shape), shape) for name, shape in shapes.items()]
    return sorted(titled, key=lambda section: (_ORDER.index(section[0].split()[0]), section[0]))


def _title(name: str, shape: _Schema) -> str:
    kind = shape["properties"].get("kind")
    if kind is None:
        return f"Part {' '.join(re.findall('[A-Z][a-z]+', name)).lower()}"
    group = next(group for group in _ORDER if name.endswith(group))
    return f"{group} {' or '.join(f'`{each}`' for each in _choices(kind))}"


def _keys(shape: _Schema) -> list[str]:
    required = set(shape.get("required", ()))
    rows = [
        [
            f"`{name}`",
            _type(field),
            "must be given" if name in required else _default(field),
            escaped(" ".join(field.get("description", "").split())),
        ]
        for name, field in shape["properties"].items()
    ]
    return table(["key", "type", "default", "meaning"], rows)


def _type(field: _Schema) -> str:
    if "$ref" in field:
        return _linked(field["$ref"])
    if "discriminator" in field:
        return "a mapping with its `kind`"
    alternatives = field.get("anyOf") or field.get("oneOf")
    if alternatives:
        told = [_type(each) for each in alternatives if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(told))
    return " or ".join(f"`{each}`" for each in _choices(field)) or _plain_type(field)


def _plain_type(field: _Schema) -> str:
    kind = field.get("type")
    if kind == "array":
        return f"list of {_type(field.get('items', {}))}"
    if kind == "object":
        inner: Any = next(iter(field.get("patternProperties", {}).values()), field.get("additionalProperties"))
        return f"mapping by name to {_type(cast('_Schema', inner))}" if isinstance(inner, dict) and inner else "mapping"
    return _NAMES.get(str(kind), "any value") + _bounds(field)


def _bounds(field: _Schema) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    above, below = field.get("exclusiveMinimum"), field.get("exclusiveMaximum")
    told = [
        f"from {low:,}" if low is not None else "",
        f"above {above:,}" if above is not None else "",
        f"to {high:,}" if high is not None else "",
        f"below {below:,}" if below is not None else "",
    ]
    return "".join(f" {each}" for each in told if each)


def _choices(field: _Schema) -> list[str]:
    return [str(field["const"])] if "const" in field else [str(each) for each in field.get("enum", ())]


def _linked(reference: str) -> str:
    words = " ".join(re.findall("[A-Z][a-z]+", reference.rsplit("/", 1)[-1])).lower()
    return f"[{words}](#part-{words.replace(' ', '-')})"


def _default(field: _Schema) -> str:
    default = field.get("default")
    if default is None or default in ({}, [], ""):
        return "none"
    if isinstance(default, dict):
        return "see there"
    told = json.dumps(default, ensure_ascii=False)
    return f"`{told}`" if len(told) <= _LONGEST_DEFAULT else "see there"


def _first_line(shape: _Schema) -> str:
    return " ".join(str(shape.get("description", "")).split())

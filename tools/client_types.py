"""Schemas of the OpenAPI document as Python types."""

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

_SCALARS = {"integer": "int", "number": "float", "boolean": "bool", "null": "None", "string": "str"}
_FORMATS = {"date-time": "dt.datetime", "date": "dt.date", "decimal": "Decimal"}
_TEXTS = frozenset({"str", *_FORMATS.values()})
_REFERENCE = "#/components/schemas/"


def annotation(schema: dict[str, Any], *, is_open: bool) -> str:
    """Return the type of what a schema describes.

    Where `is_open`, as in answers, a word may be one that the document does not list, and a union that JSON alone does
    not tell apart is anything.
    """
    if "$ref" in schema:
        return reference(schema)
    if "enum" in schema:
        return _words(schema["enum"], is_open=is_open)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return _union([annotation(option, is_open=is_open) for option in options], is_open=is_open)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _union([annotation({**schema, "type": each}, is_open=is_open) for each in kind], is_open=is_open)
    return _FORMATS.get(schema.get("format", "")) or _plain(schema, is_open=is_open)


def _words(words: list[Any], *, is_open: bool) -> str:
    if is_open and all(isinstance(word, str) for word in words):
        return "str"
    return f"Literal[{', '.join(repr(word) for word in words)}]"


def _plain(schema: dict[str, Any], *, is_open: bool) -> str:
    kind = schema.get("type")
    if kind == "array":
        return f"list[{annotation(schema.get('items') or {}, is_open=is_open)}]"
    if kind == "object":
        further = schema.get("additionalProperties")
        inner = annotation(further, is_open=is_open) if isinstance(further, dict) else "Any"
        return f"dict[str, {inner}]"
    return _SCALARS.get(kind or "", "Any")


def optional(kind: str) -> str:
    """Return the type of what may be None, too."""
    return kind if kind == "Any" or kind.endswith("None") else f"{kind} | None"


def reference(schema: dict[str, Any]) -> str:
    """Return the name of the component that a schema refers to."""
    return str(schema["$ref"]).removeprefix(_REFERENCE)


def references(schema: Any) -> set[str]:
    """Return the names of all components that a schema refers to, at whatever depth."""
    if isinstance(schema, dict):
        own = {reference(schema)} if isinstance(schema.get("$ref"), str) else set[str]()
        return own.union(*(references(value) for value in schema.values()))
    if isinstance(schema, list):
        return set[str]().union(*(references(value) for value in schema))
    return set()


def identifier(name: str) -> str:
    """Return the name of an argument that stands for a parameter."""
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) or plain in dir(builtins) else plain


def member(name: str) -> str:
    """Return the name of an attribute that stands for a member."""
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _union(kinds: Iterable[str], *, is_open: bool) -> str:
    distinct = list(dict.fromkeys(kinds))
    if "Any" in distinct:
        return "Any"
    forms = Counter(_form(kind) for kind in distinct)
    if is_open and max(forms.values()) > 1:
        return "Any"
    return " | ".join([kind for kind in distinct if kind != "None"] + ["None"] * ("None" in distinct))


def _form(kind: str) -> str:
    """Return the kind of JSON value, as far as a decoder can tell types apart by it."""
    if kind in _TEXTS:
        return "text"
    if kind.startswith("list["):
        return "array"
    return kind if kind in _SCALARS.values() else "object"

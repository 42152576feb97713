"""Strict checks against the types that Microsoft publishes for Resource Manager (Azure/bicep-types-az)."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from textnlp.domain.errors import not_found
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.expansion.values import RuntimeValue

GRAPH_TYPES = Path("graph-types", "types.json")
"""Where those of Microsoft Graph lie in a folder of schemas."""

FOLDER = "azure-types"
_REQUIRED, _READ_ONLY = 1, 2
_IMPLIED = frozenset({"id", "name", "type", "apiVersion", "resourceGroup", "subscriptionId"})
_NOT_PUBLISHED: Mapping[str, str] = {
    "microsoft.apimanagement/service/backends": "2025-09-01-preview",
    "microsoft.insights/diagnosticsettings": "2021-05-01-preview",
}
"""Types whose version is no stable one, so that only rules look at them."""
_UNLISTED = frozenset({"Microsoft-ContainerInsights-Group-Default", "Microsoft-PrometheusMetrics"})
"""Values of open lists that Azure's own documentation writes although the types do not list them."""
_SCALARS: Mapping[str, tuple[type, str]] = {
    "StringType": (str, "a text"),
    "IntegerType": (int, "a whole number"),
    "BooleanType": (bool, "true or false"),
}


class PublishedTypes:
    """The types in a folder, a file a type: `<type with underscores>@<version>.json`.

    Raises `TextNLPError` where the folder holds none.
    """

    def __init__(self, schemas: Path) -> None:
        self._folder = schemas / FOLDER
        self._read: dict[str, _Type] = {}
        if not (self._folder / "versions.json").is_file():
            raise not_found(f"{schemas} has no {FOLDER}/versions.json; give a folder made from Azure/bicep-types-az")

    @cached_property
    def _versions(self) -> dict[str, str]:
        versions = json.loads((self._folder / "versions.json").read_text(encoding="utf-8"))
        return {name.lower(): version for name, version in versions.items()}

    def check(self, graph: Graph) -> Iterator[Finding]:
        """Yield what of the resources of an estate is not as their types say."""
        for resource in graph.resources:
            for what, advice in self.faults(resource):
                yield found(resource, what, advice)

    def faults(self, resource: ExpandedResource) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with one resource, and what to write."""
        kind = resource.type.lower()
        version = self._versions.get(kind)
        if _NOT_PUBLISHED.get(kind) == resource.api_version:
            return
        if version is None:
            yield f"type '{resource.type}' is not published", _nearest(kind, self._versions, "a type that is")
        elif version != resource.api_version:
            yield f"API version {resource.api_version} is not the published one", f"write {version}"
        else:
            yield from self.body_faults(resource.type, {**resource.body, "name": resource.name.rpartition("/")[2]})

    def body_faults(self, resource_type: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a body of a published type, its own name in it, and what to write."""
        kind = resource_type.lower()
        checked = self._read.get(kind)
        if checked is None:
            name = f"{kind.replace('/', '_')}@{self._versions[kind]}.json"
            text = (self._folder / name).read_text(encoding="utf-8")
            checked = self._read.setdefault(kind, _Type(json.loads(text)))
        yield from checked.faults(body)


class GraphTypes:
    """The types of Microsoft Graph that Microsoft publishes (microsoftgraph/msgraph-bicep-types), in one file."""

    def __init__(self, schemas: Path) -> None:
        text = (schemas / GRAPH_TYPES).read_text(encoding="utf-8")
        self._types = _Type(json.loads(text))

    def faults(self, kind: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a document, `applications` say, and what to write."""
        yield from self._types.faults(document, f"Microsoft.Graph/{kind}@v1.0")


class _Type:
    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = entries

    def faults(self, body: Mapping[str, Any], name: str | None = None) -> Iterator[tuple[str, str]]:
        """Check against the one resource of a file, or the one of a name."""
        resource = next(
            entry for entry in self._entries if entry["$type"] == "ResourceType" and name in {None, entry["name"]}
        )
        kind = self._entry(resource["body"])
        if kind["$type"] == "ObjectType":
            kind = {**kind, "properties": {k: v for k, v in kind["properties"].items() if k not in _IMPLIED - {"name"}}}
        yield from self._against(kind, {k: v for k, v in body.items() if k not in _IMPLIED - {"name"}}, "")

    def _entry(self, reference: Mapping[str, str]) -> dict[str, Any]:
        return self._entries[int(reference["$ref"].rpartition("/")[2])]

    def _against(self, kind: dict[str, Any], value: Any, at: str) -> Iterator[tuple[str, str]]:
        name = kind["$type"]
        if isinstance(value, RuntimeValue) or name == "AnyType":
            return
        if name == "ObjectType":
            yield from self._object(kind, value, at)
        elif name == "DiscriminatedObjectType":
            yield from self._discriminated(kind, value, at)
        elif name == "ArrayType":
            yield from self._array(kind, value, at)
        elif name == "UnionType":
            yield from self._union(kind, value, at)
        elif name == "StringLiteralType":
            if value != kind["value"]:
                yield f"{at} is {value!r}", f"write '{kind['value']}'"
        else:
            yield from _scalar(kind, value, at)

    def _object(self, kind: dict[str, Any], value: Any, at: str) -> Iterator[tuple[str, str]]:
        if not isinstance(value, Mapping):
            yield f"{at} is {value!r}, no object", "write an object"
            return
        given, properties = cast("Mapping[str, Any]", value), kind.get("properties", {})
        for name, told in properties.items():
            place = f"{at}.{name}" if at else name
            flags = told["flags"]
            if name in given and flags & _READ_ONLY and not flags & _REQUIRED:
                yield f"{place} is read only", "leave it out; Azure fills it in"
            elif name in given:
                yield from self._against(self._entry(told["type"]), given[name], place)
            elif flags & _REQUIRED and not flags & _READ_ONLY:
                yield f"{place} is missing", "write it, it is required"
        for name in given.keys() - properties.keys():
            place = f"{at}.{name}" if at else name
            if "additionalProperties" in kind:
                yield from self._against(self._entry(kind["additionalProperties"]), given[name], place)
            else:
                yield f"{place} is unknown", _nearest(name, properties, "no such property; leave it out")

    def _discriminated(self, kind: dict[str, Any], value: Any, at: str) -> Iterator[tuple[str, str]]:
        if not isinstance(value, Mapping):
            yield f"{at} is {value!r}, no object", "write an object"
            return
        mark = kind["discriminator"]
        given = cast("Mapping[str, Any]", value)
        chosen = kind["elements"].get(given.get(mark))
        place = f"{at}.{mark}" if at else mark
        if chosen is None:
            yield f"{place} is {given.get(mark)!r}", f"write one of {', '.join(kind['elements'])}"
            return
        element = self._entry(chosen)
        merged = {**element, "properties": {**kind["baseProperties"], **element["properties"]}}
        yield from self._object(merged, value, at)

    def _array(self, kind: dict[str, Any], value: Any, at: str) -> Iterator[tuple[str, str]]:
        if not isinstance(value, list):
            yield f"{at} is {value!r}, no list", "write a list"
            return
        given = cast("list[Any]", value)
        least, most = kind.get("minLength", 0), kind.get("maxLength")
        if len(given) < least or (most is not None and len(given) > most):
            yield f"{at} has {len(given)} items", f"write {least} to {most or 'any number of'} items"
        for place, item in enumerate(given):
            yield from self._against(self._entry(kind["itemType"]), item, f"{at}[{place}]")

    def _union(self, kind: dict[str, Any], value: Any, at: str) -> Iterator[tuple[str, str]]:
        members = [self._entry(each) for each in kind["elements"]]
        literals = [str(each["value"]) for each in members if each["$type"] == "StringLiteralType"]
        if literals and isinstance(value, str):
            if value not in literals and value not in _UNLISTED:
                near = get_close_matches(value, literals, n=1)
                listed = ", ".join(literals[:20]) + (", …" if len(literals) > 20 else "")  # noqa: PLR2004  a line's worth
                yield f"{at} is {value!r}", f"write {near[0]}" if near else f"write one of {listed}"
            return
        faults = [list(self._against(each, value, at)) for each in members]
        if all(faults):
            yield from min(faults, key=len)


def _scalar(kind: dict[str, Any], value: Any, at: str) -> Iterator[tuple[str, str]]:
    wanted, told = _SCALARS[kind["$type"]]
    if type(value) is not wanted and not (wanted is str and isinstance(value, str)):
        yield f"{at} is {value!r}", f"write {told}"
        return
    if wanted is int and not kind.get("minValue", value) <= value <= kind.get("maxValue", value):
        yield f"{at} is {value}", f"write {kind.get('minValue', 'any')} to {kind.get('maxValue', 'any')}"
    if wanted is str:
        yield from _text(kind, value, at)


def _text(kind: dict[str, Any], value: str, at: str) -> Iterator[tuple[str, str]]:
    least, most = kind.get("minLength", 0), kind.get("maxLength")
    if len(value) < least or (most is not None and len(value) > most):
        yield f"{at} has {len(value)} characters", f"write {least} to {most or 'any number of'} characters"
    elif "pattern" in kind and not _matches(kind["pattern"], value):
        yield f"{at} is {value!r}", f"write what matches {kind['pattern']}"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True


def _nearest(name: str, known: Mapping[str, Any], otherwise: str) -> str:
    near = get_close_matches(name, known, n=1)
    return f"write {near[0]}" if near else otherwise

"""The operations and models of the OpenAPI document, as a client has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from tools.client_types import annotation, identifier, optional, reference, references

JSON = "application/json"
EVENTS = "text/event-stream"
_FORM = "multipart/form-data"
_FIELDS = "application/x-www-form-urlencoded"
_OPENAI = "openai"
_SKIPPED = "/openai/"
_PAGES = frozenset({"text/html", "text/css", "text/javascript"})
_JOINED = {"generate": "generations"}
ROOT = "operations"
_KEY = "idempotency-key"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a query: its name on the wire and as an argument, its type, whether it must be given."""

    name: str
    kind: str
    is_required: bool
    meaning: str = ""

    @property
    def argument(self) -> str:
        """Its name as an argument."""
        return identifier(self.name)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One way to call a route; a route that answers in several ways has several.

    Attributes:
        name: of the method.
        path_names: parameters of the path, in order.
        fixed: parameters of the query that the method sets.
        body: component that is sent as JSON.
        members: further members of the JSON body that the method sets.
        fields: type of the fields of a form.
        has_file: the form has a file.
        answer: type of the JSON answer; None where there is none.
        status: status of the JSON answer, where the route has another for another answer.
        events: components by the name of an event.
        accept: media type of the answer; empty where there is none.
    """

    resource: str
    name: str
    method: str
    path: str
    text: str
    path_names: tuple[str, ...] = ()
    query: tuple[Parameter, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    fields: str | None = None
    has_file: bool = False
    answer: str | None = None
    status: int | None = None
    events: Mapping[str, str] = field(default_factory=dict)
    accept: str = ""
    takes_key: bool = False

    @property
    def follows(self) -> bool:
        """Whether the answer is nothing but a stream, which tells of itself while nothing happens."""
        return self.accept == EVENTS and not self.members


def operations(document: dict[str, Any]) -> list[Operation]:
    """Return the operations that a client offers, in the order of the document.

    Left out are the paths of Azure's clients, which are others for the same, pages for browsers, and what answers with
    something that the document does not describe.
    """
    found: dict[tuple[str, str], Operation] = {}
    for path, methods in document["paths"].items():
        if path.startswith(_SKIPPED):
            continue
        for method, operation in methods.items():
            for each in _ways(document, path, method.upper(), operation):
                key = each.resource, each.name
                if key in found:
                    raise ValueError(f"{each.path} and {found[key].path} are both {'.'.join(key)}")
                found[key] = each
    return list(found.values())


def set_by_methods(document: dict[str, Any]) -> dict[str, set[str]]:
    """Return the members of each request body that no caller sets, for the methods do."""
    found: dict[str, set[str]] = {}
    for each in operations(document):
        if each.body is not None:
            found.setdefault(each.body, set()).update(each.members)
    return found


def _ways(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Iterator[Operation]:
    resource = _resource(path)
    base = Operation(
        resource=resource,
        name=_name(operation["operationId"], path, resource),
        method=method,
        path=path,
        text=operation.get("description") or operation.get("summary") or "",
        path_names=tuple(re.findall(r"{(\w+)}", path)),
        query=tuple(_parameters(operation)),
        takes_key=any(each["name"].lower() == _KEY for each in operation.get("parameters", [])),
    )
    for asked in _requests(document, base, operation):
        yield from _answers(document, asked, operation["responses"])


def _requests(document: dict[str, Any], base: Operation, operation: dict[str, Any]) -> Iterator[Operation]:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    if not content:
        yield base
    schema = content.get(JSON, {}).get("schema", {})
    if "$ref" in schema:
        yield replace(base, body=reference(schema))
    if _FIELDS in content:
        fields = content[_FIELDS].get("schema", {})
        yield replace(base, fields=reference(fields) if "$ref" in fields else "Mapping[str, str]")
    if _FORM in content:
        form = _form(document, content[_FORM]["schema"])
        in_form = document["components"]["schemas"].get(form, {}).get("properties", {})
        query = tuple(each for each in base.query if each.name not in in_form)
        name = base.name if base.name.endswith("_file") else f"{base.name}_file"
        yield replace(base, name=name, query=query, fields=form, has_file=True)


def _form(document: dict[str, Any], schema: dict[str, Any]) -> str | None:
    """Return the component that holds the fields beside the file: the one referred to, or the one of the same title."""
    named = sorted(references(schema.get("allOf", [])))
    title = schema.get("title")
    return named[0] if named else title if title in document["components"]["schemas"] else None


def _answers(document: dict[str, Any], asked: Operation, responses: dict[str, Any]) -> Iterator[Operation]:
    succeeded = {int(status): each.get("content", {}) for status, each in responses.items() if status.startswith("2")}
    decoded = {status: content[JSON]["schema"] for status, content in sorted(succeeded.items()) if JSON in content}
    others = {kind: shown for content in succeeded.values() for kind, shown in content.items() if kind != JSON}
    body = document["components"]["schemas"].get(asked.body, {}).get("properties", {})
    is_twofold = len(decoded) > 1 and "mode" in body
    if decoded:
        status, schema = next(iter(decoded.items()))
        answer = annotation(schema, is_open=True)
        whole = replace(asked, answer=answer, accept=JSON, status=status if is_twofold else None)
        yield _without_format(whole, others)
    elif succeeded and not others and (asked.method != "GET" or HTTPStatus.NO_CONTENT in succeeded):
        yield asked
    if is_twofold:
        status, schema = list(decoded.items())[1]
        answer = annotation(schema, is_open=True)
        members = {"mode": "async"}
        yield replace(asked, name=f"{asked.name}_later", answer=answer, accept=JSON, status=status, members=members)
    for kind, shown in others.items():
        yield from _other_way(asked, kind, shown, has_json=bool(decoded))


def _other_way(asked: Operation, kind: str, shown: dict[str, Any], *, has_json: bool) -> Iterator[Operation]:
    """Yield the way to be answered with something that is no JSON."""
    if kind == EVENTS:
        events = {name: reference(schema) for name, schema in shown.get("x-events", {}).items()}
        way = replace(asked, accept=kind, events=events)
        yield replace(way, name=f"stream_{asked.name}", members={"stream": True}) if has_json else way
    elif kind not in _PAGES and not has_json:
        yield replace(asked, accept=kind)
    elif kind not in _PAGES:
        subtype = kind.partition("/")[2]
        way = replace(_without_format(asked, {kind: shown}), name=f"{asked.name}_{subtype}", accept=kind)
        if way.query != asked.query:
            yield replace(way, fixed={"format": subtype})


def _without_format(asked: Operation, others: Mapping[str, Any]) -> Operation:
    """Return an operation without the parameter that chooses among its answers, where it has others."""
    if not others:
        return asked
    return replace(asked, query=tuple(each for each in asked.query if each.name != "format"))


def _parameters(operation: dict[str, Any]) -> Iterator[Parameter]:
    for each in operation.get("parameters", []):
        if each["in"] == "query":
            kind = annotation(each["schema"], is_open=False).replace("list[", "Sequence[")
            is_required = each.get("required", False)
            kind = kind if is_required else optional(kind)
            meaning = each.get("description", "")
            yield Parameter(name=each["name"], kind=kind, is_required=is_required, meaning=meaning)


_SAID_OF_DATASETS = frozenset({"facts", "history", "lineage", "rollback", "tags"})


def _resource(path: str) -> str:
    parts = [part for part in path.replace("-", "_").split("/") if part and not part.startswith("{")]
    if parts[:2] == ["api", "v1"]:
        if parts[2] == "datasets" and parts[-1] in _SAID_OF_DATASETS:
            return "dataset_catalog"
        return _JOINED.get(parts[2], parts[2])
    if parts[0] == "v1":
        return f"{_OPENAI}_{parts[1]}"
    return parts[0] if len(parts) > 1 else ROOT


def _name(operation_id: str, path: str, resource: str) -> str:
    """Return the name of a method: that of the operation, without its path in front and its resource's noun."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+", operation_id)]
    if not operation_id.islower():
        for word in re.findall(r"[a-z0-9]+", path):
            if words[:1] == [word] and len(words) > 1:
                words.pop(0)
    nouns = {noun for word in resource.split("_") for noun in _numbers(word)}
    name = "_".join(word for word in words if word not in nouns) or "_".join(words)
    return identifier(name) if name in {"import", "del", "pass"} else name


def _numbers(plural: str) -> set[str]:
    if plural.endswith("ies"):
        return {plural, f"{plural[:-3]}y"}
    if plural.endswith(("ches", "shes", "xes", "sses")):
        return {plural, plural[:-2]}
    return {plural, plural.removesuffix("s")}

"""The reference of the API as a page, made from the OpenAPI document."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from jinja2 import Environment, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from textnlp.api.call_snippets import curl_call, python_call

_PACKAGE = "textnlp.api"
_CODE = re.compile(r"`([^`]+)`")
_LEAST_ERROR = "400"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a route, or a property of a schema.

    Attributes:
        place: `path` or `query` for a parameter, nothing for a property.
        kind: its type, in a word or two.
        link: the schema that tells more, nothing where there is none.
    """

    name: str
    place: str
    kind: str
    link: str
    is_required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent or answered under one media type.

    Attributes:
        schema: the name of its schema, nothing where it has none.
        fields: what the schema holds, where it is shown here.
        examples: what one looks like, by what it shows.
    """

    media_type: str
    schema: str
    fields: list[Field]
    examples: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers under one status."""

    status: str
    meaning: str
    headers: list[str]
    bodies: list[Body]

    @property
    def is_error(self) -> bool:
        """Whether the call failed."""
        return self.status >= _LEAST_ERROR


@dataclass(frozen=True, slots=True)
class Route:
    """One operation, as the page shows it.

    Attributes:
        aliases: other paths that do the same.
        grant: what its caller must have been granted, nothing where everybody may call.
    """

    id: str
    method: str
    path: str
    aliases: list[str]
    title: str
    paragraphs: list[str]
    grant: str
    parameters: list[Field]
    bodies: list[Body]
    answers: list[Answer]
    curl: str
    python: str


def render_docs(document: dict[str, Any]) -> bytes:
    """Return the page for an OpenAPI document; it holds no script and names nothing outside the platform."""
    schemas = document["components"]["schemas"]
    groups = [(tag["name"], tag["description"], _routes(document, tag["name"])) for tag in document["tags"]]
    page = _template().render(
        info=document["info"],
        groups=groups,
        headers=document["components"]["headers"],
        schemas={
            name: (each.get("description", ""), _fields(each), each.get("enum")) for name, each in schemas.items()
        },
    )
    return page.encode()


@cache
def read_style() -> bytes:
    """Return the style sheet of the page."""
    return files(_PACKAGE).joinpath("static", "docs.css").read_bytes()


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = _prose
    source = files(_PACKAGE).joinpath("templates", "docs.html").read_text(encoding="utf-8")
    return environment.from_string(source)


def _prose(text: str) -> Markup:
    """Show what stands in backticks as code; everything is escaped."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  it is escaped first


def _routes(document: dict[str, Any], tag: str) -> list[Route]:
    """Return the routes of a tag; paths that do the same are one of them."""
    schemas = document["components"]["schemas"]
    routes: dict[tuple[str, str], Route] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if tag not in operation["tags"]:
                continue
            key = (operation["summary"], operation.get("description", ""))
            if key in routes:
                routes[key].aliases.append(path)
            else:
                routes[key] = _route(method.upper(), path, operation, schemas)
    return list(routes.values())


def _route(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Route:
    content = operation.get("requestBody", {}).get("content", {})
    return Route(
        id=operation["operationId"],
        method=method,
        path=path,
        aliases=[],
        title=operation["summary"],
        paragraphs=[" ".join(each.split()) for each in operation.get("description", "").split("\n\n")],
        grant=next((scopes[0] for scheme in operation.get("security", []) for scopes in scheme.values()), ""),
        parameters=[_parameter(each) for each in operation.get("parameters", [])],
        bodies=[_body(media_type, each, schemas) for media_type, each in content.items()],
        answers=[_answer(status, each) for status, each in operation["responses"].items()],
        curl=curl_call(method, path, operation),
        python=python_call(method, path, operation),
    )


def _parameter(parameter: dict[str, Any]) -> Field:
    kind, link = _kind(parameter["schema"])
    return Field(
        parameter["name"],
        parameter["in"],
        kind,
        link,
        parameter["required"],
        parameter.get("description", ""),
    )


def _answer(status: str, response: dict[str, Any]) -> Answer:
    content: dict[str, Any] = response.get("content", {})
    bodies = [_body(media_type, each, {}) for media_type, each in content.items()]
    return Answer(status, response["description"], list(response["headers"]), bodies)


def _body(media_type: str, content: dict[str, Any], schemas: dict[str, Any]) -> Body:
    """Return a body, with the fields of its schema where that is among `schemas` or has no name."""
    name = _reference(content["schema"])
    schema = schemas.get(name, {}) if name else content["schema"]
    return Body(media_type, name, _fields(schema), _examples(content))


def _examples(content: dict[str, Any]) -> list[tuple[str, str]]:
    named = [(name, _text(each["value"])) for name, each in content.get("examples", {}).items()]
    return [*named, ("", _text(content["example"]))] if "example" in content else named


def _text(example: Any) -> str:
    if isinstance(example, str):
        return example.rstrip()
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()


def _fields(schema: dict[str, Any]) -> list[Field]:
    required = schema.get("required", [])
    fields: list[Field] = []
    for name, each in schema.get("properties", {}).items():
        kind, link = _kind(each)
        fields.append(Field(name, "", kind, link, name in required, each.get("description", "")))
    return fields


def _reference(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> tuple[str, str]:
    """Say in a word or two what a value is, and name the schema that tells more."""
    if name := _reference(schema):
        return name, name
    options = schema.get("anyOf", [])
    if options:
        kinds = [_kind(option) for option in options if option.get("type") != "null"]
        return " or ".join(kind for kind, _ in kinds), next((link for _, link in kinds if link), "")
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"]), ""
    if schema.get("type") == "array":
        kind, link = _kind(schema.get("items", {}))
        return f"list of {kind}", link
    bounds = [f"{sign} {schema[key]}" for key, sign in _BOUNDS.items() if key in schema]
    return " ".join([schema.get("format") or schema.get("type") or "anything", *bounds]), ""


_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}

"""The OpenAPI document: routes as the framework knows them, bodies and answers as msgspec writes their schemas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig

import textnlp
from textnlp.api.schemas.problem import Problem

_OPTION = "described"
_REFERENCE = "#/components/schemas/{name}"
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_DECIMAL = "decimal"
_EVENT_STREAM = "text/event-stream"
_MULTIPART = "multipart/form-data"
_URL_ENCODED = "application/x-www-form-urlencoded"
_PATH_KINDS = (":str}", ":path}")
_SECURITY = "bearer"
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token of the identity provider, or an API key of the platform.",
}
_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "By which the request is found again in the log; the caller's own where it sent a plain one.",
        "required": True,
        "schema": {"type": "string"},
    },
}
_EVENT = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a route takes and gives, beyond its path.

    Attributes:
        body: the struct that its JSON body is decoded to.
        query: the struct that its query is converted to.
        form: the struct that the fields of a form are converted to; the form has a `file` as well.
        fields: the struct that the fields of a URL-encoded form are converted to.
        accepts: media types of a body that is a file.
        answer: the struct that it answers with.
        accepted: the struct that it answers 202 with, where it does the work later on request.
        media_type: what else it answers with, such as a stream or a file.
        error: the struct that it answers errors with.
        grant: what its caller must have been granted, in the terms of `topology.scopes`; None lets everybody in.
        is_generating: it asks a model, so that the caller's tokens are counted too.
    """

    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | None = None
    form: type[msgspec.Struct] | None = None
    fields: type[msgspec.Struct] | None = None
    accepts: Sequence[str] = ()
    answer: type[msgspec.Struct] | None = None
    accepted: type[msgspec.Struct] | None = None
    media_type: str | None = None
    error: type[msgspec.Struct] = Problem
    grant: str | None = None
    is_generating: bool = False

    @property
    def structs(self) -> list[type[msgspec.Struct]]:
        """The structs that need a schema of their own."""
        given = (self.body, self.query, self.form, self.fields, self.answer, self.accepted, self.error)
        return [struct for struct in given if struct is not None]


def described(**facts: Any) -> dict[str, Any]:
    """Return the handler option that holds a `Description`."""
    return {_OPTION: Description(**facts)}


def description_of(handler: BaseRouteHandler) -> Description:
    """Return what `described` said of a route, nothing where it said nothing."""
    return (handler.opt or {}).get(_OPTION) or Description()


def openapi_document(handlers: Sequence[HTTPRouteHandler]) -> dict[str, Any]:
    """Return the document of an application with these handlers."""
    config = OpenAPIConfig(
        title="TextNLP",
        version=textnlp.__version__,
        description="Write, check and deliver synthetic text data.",
        use_handler_docstrings=True,
    )
    described_app = Litestar(handlers, openapi_config=config, logging_config=None, debug=False)
    document: dict[str, Any] = described_app.openapi_schema.to_schema()
    found = {handler: description_of(handler) for handler in handlers}
    structs = {struct for description in found.values() for struct in description.structs}
    references, components = _components(structs)
    for description in found.values():
        if description.body is not None:
            _take_numbers(components[description.body.__name__])
    paths: dict[str, Any] = {}
    for handler, description in found.items():
        for path in map(_path, sorted(handler.paths, key=_in_order)):
            paths[path] = document["paths"][path]
            for method in handler.http_methods:
                _complete(paths[path][method.lower()], description, references, components)
    document["paths"] = paths
    document["components"] = {"schemas": components, "securitySchemes": {_SECURITY: _BEARER}}
    return document


def _components(structs: Iterable[type[msgspec.Struct]]) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    ordered = sorted(structs, key=lambda struct: struct.__name__)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_REFERENCE)
    return dict(zip(ordered, schemas, strict=True)), components


def _take_numbers(body: dict[str, Any]) -> None:
    """Say what msgspec does not: that a decimal number may come as a JSON number, too."""
    for schema in body["properties"].values():
        if schema.get("format") == _DECIMAL:
            schema["type"] = ["string", "number"]


def _path(path: str) -> str:
    """Write `/batches/{id:str}` as the document has it, `/batches/{id}`."""
    for kind in _PATH_KINDS:
        path = path.replace(kind, "}")
    return path


def _in_order(path: str) -> tuple[int, str]:
    """Put the shortest path of a handler first; the framework keeps them in no order."""
    return len(path), path


def _complete(
    operation: dict[str, Any],
    description: Description,
    references: dict[Any, dict[str, Any]],
    components: dict[str, Any],
) -> None:
    """Add to an operation of the framework's document what only the description knows."""
    if description.query is not None:
        query = components[description.query.__name__]
        operation.setdefault("parameters", []).extend(_parameters(query))
    content = _request_content(description, references, components)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    error_type = _PROBLEM if description.error is Problem else _JSON
    error = {error_type: {"schema": references[description.error]}}
    succeeded = next(status for status in operation["responses"] if status.startswith("2"))
    if description.grant is not None:
        operation["security"] = [{_SECURITY: [description.grant]}]
    answers = {succeeded: _answer(description, references)}
    if description.accepted is not None:
        answers[str(HTTPStatus.ACCEPTED.value)] = {_JSON: {"schema": references[description.accepted]}}
    operation["responses"] = {
        **{
            status: {"description": HTTPStatus(int(status)).phrase, "headers": _HEADERS, "content": answer}
            for status, answer in answers.items()
        },
        "4XX": {"description": "The request is refused.", "headers": _HEADERS, "content": error},
        "5XX": {"description": "The request could not be served.", "headers": _HEADERS, "content": error},
    }


def _request_content(
    description: Description,
    references: dict[Any, dict[str, Any]],
    components: dict[str, Any],
) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {} for media_type in description.accepts}
    if description.body is not None:
        content[_JSON] = {"schema": references[description.body]}
    if description.fields is not None:
        content[_URL_ENCODED] = {"schema": references[description.fields]}
    if description.form is not None:
        content[_MULTIPART] = {"schema": _with_file(components[description.form.__name__])}
    return content


def _with_file(form: dict[str, Any]) -> dict[str, Any]:
    """Add the file to the fields of a form; the two cannot be joined by `allOf`, for either forbids the other's."""
    file = {"type": "string", "format": "binary"}
    return {**form, "properties": {"file": file, **form["properties"]}, "required": ["file", *form.get("required", [])]}


def _answer(description: Description, references: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if description.answer is not None:
        content[_JSON] = {"schema": references[description.answer]}
    if description.media_type == _EVENT_STREAM:
        content[_EVENT_STREAM] = {"itemSchema": _EVENT}
    elif description.media_type is not None:
        content[description.media_type] = {"schema": {"type": "string"}}
    return content


def _parameters(query: dict[str, Any]) -> list[dict[str, Any]]:
    required = query.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in query["properties"].items()
    ]

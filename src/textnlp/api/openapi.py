"""The OpenAPI document: routes as the framework knows them, bodies and answers as msgspec writes their schemas."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig

import textnlp
from textnlp.api.event_stream import EVENT_STREAM
from textnlp.api.moment_formats import mark_moments
from textnlp.api.schemas.problem import Problem

_OPTION = "described"
_REFERENCE = "#/components/schemas/{name}"
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_PATH_KINDS = (":str}", ":path}")
_SECURITY = "bearer"
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token of the identity provider, or an API key of the platform.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a route takes and gives, beyond its path.

    Attributes:
        body: the struct that its JSON body is decoded to.
        query: the struct that its query is converted to.
        form: the struct that the fields of a form are converted to; the form has a `file` as well.
        accepts: media types of a body that is a file.
        answer: the struct that it answers with.
        media_type: what else it answers with, such as a stream or a file.
        events: the structs of the events that a stream of it holds, by the event's name.
        error: the struct that it answers errors with.
        grant: what its caller must have been granted, in the terms of `topology.scopes`; None lets everybody in.
        is_generating: it asks a model, so that the caller's tokens are counted too.
    """

    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | None = None
    form: type[msgspec.Struct] | None = None
    accepts: Sequence[str] = ()
    answer: type[msgspec.Struct] | None = None
    media_type: str | None = None
    events: Mapping[str, type[msgspec.Struct]] = field(default_factory=dict[str, type[msgspec.Struct]])
    error: type[msgspec.Struct] = Problem
    grant: str | None = None
    is_generating: bool = False

    @property
    def structs(self) -> list[type[msgspec.Struct]]:
        """The structs that need a schema of their own."""
        given = (self.body, self.query, self.form, self.answer, self.error, *self.events.values())
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
    mark_moments(components, ordered)
    return dict(zip(ordered, schemas, strict=True)), components


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
    content = _request_content(description, references)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    error_type = _PROBLEM if description.error is Problem else _JSON
    error = {error_type: {"schema": references[description.error]}}
    succeeded = next(status for status in operation["responses"] if status.startswith("2"))
    if description.grant is not None:
        operation["security"] = [{_SECURITY: [description.grant]}]
    operation["responses"] = {
        succeeded: {"description": HTTPStatus(int(succeeded)).phrase, "content": _answer(description, references)},
        "4XX": {"description": "The request is refused.", "content": error},
        "5XX": {"description": "The request could not be served.", "content": error},
    }


def _request_content(description: Description, references: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {} for media_type in description.accepts}
    if description.body is not None:
        content[_JSON] = {"schema": references[description.body]}
    if description.form is not None:
        file = {"type": "object", "required": ["file"], "properties": {"file": {"contentMediaType": "text/plain"}}}
        content["multipart/form-data"] = {"schema": {"allOf": [file, references[description.form]]}}
    return content


def _answer(description: Description, references: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if description.answer is not None:
        content[_JSON] = {"schema": references[description.answer]}
    if description.media_type is not None:
        content[description.media_type] = {"schema": {"type": "string"}}
    if description.events:
        events = {name: references[struct] for name, struct in description.events.items()}
        content[EVENT_STREAM]["x-events"] = events
    return content


def _parameters(query: dict[str, Any]) -> list[dict[str, Any]]:
    required = query.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in query["properties"].items()
    ]

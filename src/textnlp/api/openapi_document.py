"""The OpenAPI document: routes as the framework knows them, bodies and answers as msgspec writes their schemas."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig

import textnlp
from textnlp.api.docstrings import attribute_meanings, summary
from textnlp.api.moment_formats import mark_moments
from textnlp.api.openapi import Struct, description_of
from textnlp.api.operation import Schemas, complete_operation
from textnlp.api.response_headers import HEADERS

_REFERENCE = "#/components/schemas/{name}"
_DECIMAL = "decimal"
_PREFIXES = ("openai", "v1")
_PATH_KINDS = (":str}", ":path}")
_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the identity provider or of `textnlp token`, or an API key of the platform.",
    },
    "api_key": {
        "type": "apiKey",
        "in": "header",
        "name": "api-key",
        "description": "The same, as clients of Azure OpenAI send it.",
    },
}
_TAGS = {
    "Generations": "One completion at a time, whole, streamed or fetched later.",
    "Batches": "Files of prompts, answered in the background.",
    "Datasets": "Recipes whose rows are made, checked and delivered, exactly as many as are wanted.",
    "Validation": "Rows of any origin, looked at: which are good, and why the others are not.",
    "Templates": "Prompts that are kept under a name, in versions that never change.",
    "Models": "The models that can be asked, and the deployments behind each.",
    "Webhooks": "Where to be told of what has ended, and what became of telling.",
    "Reviews": "Rows that people look at, how they agree, and what that says of judges.",
    "Usage": "What was used, and the budgets over it.",
    "Telemetry": "What the platform is at, for its administrators.",
    "OpenAI": "For the stock clients of OpenAI and Azure OpenAI.",
    "Identity": "Tokens of the platform's own issuer.",
    "Operations": "Whether the platform lives, and what it counts.",
}


def openapi_document(handlers: Sequence[HTTPRouteHandler]) -> dict[str, Any]:
    """Return the document of an application with these handlers; it is valid OpenAPI 3.1."""
    config = OpenAPIConfig(
        title="TextNLP",
        version=textnlp.__version__,
        description="Write, check and deliver synthetic text data.",
        use_handler_docstrings=True,
    )
    described_app = Litestar(handlers, openapi_config=config, logging_config=None, debug=False)
    document: dict[str, Any] = described_app.openapi_schema.to_schema()
    found = {handler: description_of(handler) for handler in handlers}
    references, components = _components({each for description in found.values() for each in description.structs})
    for description in found.values():
        if description.body is not None:
            _take_numbers(components[description.body.__name__])
    schemas = Schemas(references, components)
    paths: dict[str, Any] = {}
    for handler, description in found.items():
        for place, path in enumerate(map(_path, sorted(handler.paths, key=_in_order))):
            paths[path] = document["paths"][path]
            for method in handler.http_methods:
                operation = paths[path][method.lower()]
                operation["operationId"] = _operation_id(handler, path, is_first=not place)
                complete_operation(operation, description, path=path, schemas=schemas)
    document["paths"] = paths
    document["components"] = {"schemas": components, "securitySchemes": _SECURITY, "headers": dict(HEADERS)}
    document["tags"] = [{"name": name, "description": meaning} for name, meaning in _TAGS.items()]
    document["servers"] = [{"url": "/", "description": "Where this document comes from."}]
    return document


def _components(structs: Iterable[Struct]) -> tuple[dict[Struct, dict[str, Any]], dict[str, Any]]:
    ordered = sorted(structs, key=lambda struct: struct.__name__)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_REFERENCE)
    mark_moments(components, ordered)
    parents = {struct.__name__: struct.__mro__[1:] for struct in ordered}
    for name, component in components.items():
        inherited = [parent.__doc__ or "" for parent in parents.get(name, ())]
        _describe(component, [component.get("description", ""), *inherited])
    return dict(zip(ordered, schemas, strict=True)), components


def _take_numbers(body: dict[str, Any]) -> None:
    """Say what msgspec does not: that a decimal number of a request may come as a JSON number, too."""
    for schema in body["properties"].values():
        if schema.get("format") == _DECIMAL:
            schema["type"] = ["string", "number"]


def _describe(component: dict[str, Any], docstrings: Sequence[str]) -> None:
    """Give each property what the docstrings of its class, and of those that it inherits from, say of it."""
    if docstrings[0]:
        component["description"] = summary(docstrings[0])
    properties: dict[str, dict[str, Any]] = component.get("properties", {})
    for docstring in docstrings:
        for name, meaning in attribute_meanings(docstring).items():
            if name in properties:
                properties[name] = {"description": meaning, **properties[name]}


def _operation_id(handler: HTTPRouteHandler, path: str, *, is_first: bool) -> str:
    """Name an operation; where a route has further paths, what they begin with tells their operations apart."""
    name = description_of(handler).operation or handler.handler_name
    if is_first:
        return name
    return "_".join([name, *(word for word in path.split("/") if word in _PREFIXES)])


def _path(path: str) -> str:
    """Write `/batches/{id:str}` as the document has it, `/batches/{id}`."""
    for kind in _PATH_KINDS:
        path = path.replace(kind, "}")
    return path


def _in_order(path: str) -> tuple[int, str]:
    """Put the shortest path of a handler first; the framework keeps them in no order."""
    return len(path), path

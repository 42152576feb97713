"""The page of HTTP routes, read from the OpenAPI document."""

from typing import Any

from tools.markdown import escaped, table

from textnlp.api.app import ROUTES
from textnlp.api.openapi_document import openapi_document

_LEAST_ERROR = "400"


def http_page() -> str:
    """Return the page that lists every route with what it takes and what it answers."""
    document = openapi_document(ROUTES)
    lines = [
        "# HTTP API",
        "",
        "Served by `textnlp up`, which shows the same at `/docs`, with fields and examples, and at `/openapi.json` for",
        "programs, in OpenAPI 3.1. Every error, 4xx or 5xx, is a problem document (RFC 9457),",
        "`application/problem+json`; under `/v1` and `/openai`, where OpenAI's and Azure's clients call, it is an",
        "`error` in OpenAI's form.",
        "",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            lines += _route(method.upper(), path, operation)
    return "\n".join(lines)


def _route(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    lines = [f"## `{method} {path}`", "", _sentence(operation), ""]
    takes = [
        [f"`{each['name']}`", each["in"], _kind(each["schema"]), escaped(each.get("description", ""))]
        for each in operation.get("parameters", [])
    ]
    if takes:
        lines += [*table(["parameter", "in", "type", "meaning"], takes), ""]
    if body := operation.get("requestBody"):
        lines += ["Body: " + ", ".join(f"`{kind}`" for kind in body["content"]) + ".", ""]
    answers = [
        [status, ", ".join(f"`{kind}`" for kind in answer.get("content", {})), escaped(answer["description"])]
        for status, answer in operation["responses"].items()
        if status < _LEAST_ERROR
    ]
    errors = ", ".join(status for status in operation["responses"] if status >= _LEAST_ERROR)
    return [*lines, *table(["status", "content", "meaning"], answers), "", f"Errors: {errors}.", ""]


def _kind(schema: dict[str, Any]) -> str:
    kinds = [option.get("type", "") for option in schema.get("anyOf", [schema])]
    named = " or ".join(sorted({kind for kind in kinds if kind and kind != "null"}))
    default = schema.get("default")
    return named if default is None else f"{named}, {default} by default"


def _sentence(operation: dict[str, Any]) -> str:
    return str(operation.get("description") or operation.get("summary") or "")

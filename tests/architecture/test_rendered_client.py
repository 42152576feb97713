from pathlib import Path
from typing import Any

import pytest
from tools.client_document import operations
from tools.client_source import client_modules
from tools.client_types import annotation
from tools.render_client import CLIENT, RENEW, rendered, stale_modules, write_modules

from tests.architecture.source_tree import require_none

_JSON = "application/json"


def document(**paths: Any) -> dict[str, Any]:
    """Return a document with one route a path, each described by its responses, body and parameters."""
    components = {
        "Made": {"type": "object", "properties": {"mode": {"type": "string"}, "stream": {"type": "boolean"}}},
        "Thing": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "Later": {"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}}},
    }
    return {"paths": paths, "components": {"schemas": components}}


def made(name: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an operation."""
    return {"operationId": name, "responses": responses, **more}


def shown(component: str) -> dict[str, Any]:
    """Return JSON content of a component."""
    return {_JSON: {"schema": {"$ref": f"#/components/schemas/{component}"}}}


def test_the_client_is_what_the_document_says() -> None:
    require_none(stale_modules(CLIENT), f"renew them: {RENEW}")


def test_a_module_that_is_missing_or_changed_or_follows_from_nothing_is_stale(tmp_path: Path) -> None:
    assert stale_modules(tmp_path) == list(rendered())
    write_modules(tmp_path)
    assert stale_modules(tmp_path) == []
    batches = tmp_path / "batches.py"
    (tmp_path / "gone.py").write_text(batches.read_text())
    batches.write_text(batches.read_text() + "\n")
    (tmp_path / "by_hand.py").write_text("x = 1\n")
    assert stale_modules(tmp_path) == ["batches.py", "gone.py"]
    write_modules(tmp_path)
    assert stale_modules(tmp_path) == []
    assert (tmp_path / "by_hand.py").exists()


@pytest.mark.parametrize(
    ("operation_id", "path", "name"),
    [
        ("ApiV1BatchesBatchIdCancelCancel", "/api/v1/batches/{batch_id}/cancel", "batches.cancel"),
        ("cancel_batch", "/api/v1/batches/{batch_id}/cancel", "batches.cancel"),
        ("list_batches", "/api/v1/batches", "batches.list"),
        ("HealthHealth", "/health", "operations.health"),
        ("list_batch_jobs", "/v1/batches", "openai_batches.list_jobs"),
        ("show_usage", "/api/v1/usage", "usage.show"),
        ("generate", "/api/v1/generate", "generations.generate"),
    ],
)
def test_a_method_is_named_by_its_operation_without_path_and_resource(operation_id: str, path: str, name: str) -> None:
    (found,) = operations(document(**{path: {"post": made(operation_id, {"204": {}})}}))
    assert f"{found.resource}.{found.name}" == name


def test_a_route_that_answers_in_several_ways_has_several_methods() -> None:
    responses = {
        "200": {
            "content": {
                **shown("Thing"),
                "text/event-stream": {"x-events": {"message": {"$ref": "#/components/schemas/Thing"}}},
            },
        },
        "202": {"content": shown("Later")},
    }
    body = {"content": shown("Made")}
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    operation = made("make", responses, requestBody=body, parameters=[key])
    whole, later, stream = operations(document(**{"/api/v1/things": {"post": operation}}))
    assert (whole.name, whole.answer, whole.status, whole.members) == ("make", "Thing", 200, {})
    assert (later.name, later.answer, later.status, later.members) == ("make_later", "Later", 202, {"mode": "async"})
    assert (stream.name, stream.events, stream.members) == ("stream_make", {"message": "Thing"}, {"stream": True})
    assert all(each.takes_key for each in (whole, later, stream))
    source = client_modules(document(**{"/api/v1/things": {"post": operation}}))["things.py"]
    assert "at: dt.datetime | None = None" in source
    assert "mode:" not in source
    assert "takes_key=True" in source


def test_pages_and_the_paths_of_azure_have_no_method() -> None:
    page = made("show_page", {"200": {"content": {"text/html": {"schema": {"type": "string"}}}}})
    thing = made("show_thing", {"200": {"content": shown("Thing")}})
    assert operations(document(**{"/identity/authorize": {"get": page}, "/openai/v1/things": {"get": thing}})) == []


def test_two_methods_of_one_name_are_refused() -> None:
    thing = made("show_thing", {"200": {"content": shown("Thing")}})
    with pytest.raises(ValueError, match=r"things\.show"):
        operations(document(**{"/api/v1/things/{id}": {"get": thing}, "/api/v1/things/of/{name}": {"get": thing}}))


@pytest.mark.parametrize(
    ("schema", "in_request", "in_answer"),
    [
        ({"type": "string", "format": "date"}, "dt.date", "dt.date"),
        ({"type": ["string", "number"], "format": "decimal"}, "Decimal", "Decimal"),
        ({"enum": ["a", "b"]}, "Literal['a', 'b']", "str"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "int | None", "int | None"),
        (
            {
                "anyOf": [
                    {"type": "array", "items": {"type": "string"}},
                    {"type": "array", "items": {"type": "integer"}},
                ]
            },
            "list[str] | list[int]",
            "Any",
        ),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "dict[str, float]", "dict[str, float]"),
        ({"type": "array"}, "list[Any]", "list[Any]"),
        ({}, "Any", "Any"),
    ],
)
def test_a_schema_has_a_type(schema: dict[str, Any], in_request: str, in_answer: str) -> None:
    assert annotation(schema, is_open=False) == in_request
    assert annotation(schema, is_open=True) == in_answer

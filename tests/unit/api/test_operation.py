from typing import Any

from textnlp.api.openapi import Description
from textnlp.api.operation import Schemas, complete_operation
from textnlp.api.schemas.batch import BatchListQuery
from textnlp.api.schemas.health import HealthRead, ReadinessRead
from textnlp.api.schemas.problem import Problem
from textnlp.topology.scopes import READ

SCHEMAS = Schemas(
    {HealthRead: {"title": "h"}, ReadinessRead: {"title": "r"}, Problem: {"title": "p"}},
    {"BatchListQuery": {"properties": {"limit": {"type": "integer", "description": "How many."}, "before": {}}}},
)


def completed(description: Description, *, path: str = "/x", **operation: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {"responses": {"200": {}}, **operation}
    complete_operation(whole, description, path=path, schemas=SCHEMAS)
    return whole


def test_parameters_of_the_query_follow_those_of_the_path() -> None:
    in_path = [{"name": "batch_id", "in": "path", "required": True, "deprecated": False, "schema": {"format": "uri"}}]
    operation = completed(Description(query=BatchListQuery), parameters=in_path)
    assert [each["name"] for each in operation["parameters"]] == ["batch_id", "limit", "before"]
    of_path, limit, _ = operation["parameters"]
    assert (of_path["schema"], limit["schema"]) == ({"type": "string"}, {"type": "integer"})
    assert (limit["description"], limit["required"], limit["example"]) == ("How many.", False, 20)


def test_an_answer_that_a_route_gives_itself_is_not_replaced_by_an_error() -> None:
    other = {500: (ReadinessRead, ReadinessRead.NOT_READY)}
    operation = completed(Description(answer=HealthRead, other_answers=other))
    assert list(operation["responses"]) == ["200", "500"]
    content = operation["responses"]["500"]["content"]["application/json"]
    assert content == {"schema": {"title": "r"}, "example": ReadinessRead.NOT_READY}


def test_the_path_decides_the_tag() -> None:
    paths = ("/api/v1/batches/{batch_id}", "/v1/models", "/health")
    assert [completed(Description(), path=path)["tags"] for path in paths] == [["Batches"], ["OpenAI"], ["Operations"]]


def test_a_grant_can_be_brought_as_a_token_or_as_a_key() -> None:
    assert completed(Description(grant=READ))["security"] == [{"bearer": [READ]}, {"api_key": [READ]}]
    assert "security" not in completed(Description())

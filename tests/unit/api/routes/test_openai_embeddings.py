import base64
import dataclasses
from array import array
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.topology.limits import LIMITS

Client = AsyncTestClient[Litestar]
SMALL = dataclasses.replace(LIMITS, max_embedding_inputs=3, max_embedding_characters=20)


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake, limits=SMALL)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as made:
        yield made


@pytest.mark.parametrize(
    "path",
    ["/v1/embeddings", "/openai/v1/embeddings", "/openai/deployments/scripted/embeddings?api-version=2024-10-21"],
)
async def test_numbers_come_unless_base64_is_asked_for(client: Client, path: str) -> None:
    body = {"model": "scripted", "input": ["tea", "pot"], "dimensions": 4}
    plain = (await client.post(path, json=body)).json()
    packed = (await client.post(path, json={**body, "encoding_format": "base64"})).json()
    assert (plain["object"], plain["model"], plain["usage"]) == (
        "list",
        "scripted",
        {"prompt_tokens": 2, "total_tokens": 2},
    )
    for left, right in zip(plain["data"], packed["data"], strict=True):
        numbers = array("f", base64.b64decode(right["embedding"]))
        assert left["embedding"] == pytest.approx(list(numbers))
        assert (left["object"], left["index"]) == (right["object"], right["index"])


@pytest.mark.parametrize(
    ("given", "status", "param", "code"),
    [
        ({"input": ""}, 400, "input", "invalid_input"),
        ({"input": ["a", ""]}, 400, "input[1]", "invalid_input"),
        ({"input": []}, 400, "input", "invalid_input"),
        ({"input": ["a", 1]}, 400, "input", "invalid_input"),
        ({"input": [-1]}, 400, "input[0]", "invalid_input"),
        ({"input": [[1, 2]]}, 400, "input", "invalid_input"),
        ({"input": [1, 2]}, 400, "input", "invalid_input"),
        ({"input": ["a"] * 4}, 413, "input", "too_large"),
        ({"input": "a" * 21}, 413, "input", "too_large"),
        ({"input": "a", "dimensions": 0}, 400, "dimensions", "invalid_input"),
        ({"input": "a", "encoding_format": "int8"}, 400, "encoding_format", "invalid_input"),
        ({"input": "a", "colour": "red"}, 400, "colour", "invalid_input"),
        ({}, 400, "input", "invalid_input"),
        ({"input": "a", "model": "absent"}, 404, "model", "model_not_found"),
    ],
)
async def test_what_cannot_be_embedded_is_refused_with_its_place(
    client: Client, given: dict[str, Any], status: int, param: str, code: str
) -> None:
    response = await client.post("/v1/embeddings", json={"model": "scripted", **given})
    error = response.json()["error"]
    assert (response.status_code, error["param"], error["code"]) == (status, param, code), error


async def test_the_platforms_own_model_is_asked_where_none_is_named(client: Client) -> None:
    response = await client.post("/v1/embeddings", json={"input": "a"})
    assert "all-minilm-l6-v2" in response.json()["error"]["message"]

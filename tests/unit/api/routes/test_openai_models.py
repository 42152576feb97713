from collections.abc import AsyncGenerator

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake

Client = AsyncTestClient[Litestar]


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as made:
        yield made


@pytest.mark.parametrize("root", ["/v1", "/openai/v1", "/openai"])
async def test_models_are_listed_and_shown(client: Client, root: str) -> None:
    listed = (await client.get(f"{root}/models")).json()
    assert listed["object"] == "list"
    (model,) = listed["data"]
    assert model == {"id": "scripted", "object": "model", "created": 0, "owned_by": "textnlp"}
    assert (await client.get(f"{root}/models/scripted")).json() == model


@pytest.mark.parametrize("name", ["absent", "owner/absent", "owner%2Fabsent"])
async def test_a_model_that_is_not_there_is_an_error_in_openais_shape(client: Client, name: str) -> None:
    response = await client.get(f"/v1/models/{name}")
    assert response.status_code == 404
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", "model", "model_not_found")
    assert name.replace("%2F", "/") in error["message"]

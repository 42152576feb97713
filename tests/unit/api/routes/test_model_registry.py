from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_gateway, memory_platform
from textnlp.api.app import create_app
from textnlp.api.routes.model_registry import MODEL_REGISTRY
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.model_registry import ModelDraft, ModelRegistry
from textnlp.bootstrap import Platform
from textnlp.domain.identity.principal import Principal
from textnlp.domain.registry.model import ModelOrigin
from textnlp.topology.scopes import ADMIN, READ, WRITE

_PROMOTE = f"{MODEL_REGISTRY}/tuned/versions/1/promote"


class _ReadersAndAdministrators:
    async def authenticate(self, credential: str) -> Principal:
        grants = {READ, WRITE} | ({ADMIN} if credential == "admin" else set[str]())
        return Principal(subject="s", tenant="t", caller=credential, grants=frozenset(grants))


async def _weights() -> AsyncIterable[bytes]:
    yield b"weights"


@pytest.fixture
def platform() -> Platform:
    return memory_platform(gateway=memory_gateway(_ReadersAndAdministrators()))


@pytest.fixture
async def client(platform: Platform) -> AsyncGenerator[AsyncTestClient[Any]]:
    registry = ModelRegistry(platform.batch_ports.blobs, clock=platform.clock)
    await registry.register(ModelDraft(name="tuned", origin=ModelOrigin.FINE_TUNED), {"w.gguf": _weights})
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://api.example.org") as client:
        client.headers["Authorization"] = "Bearer admin"
        yield client


async def test_versions_are_listed_with_their_hashes(client: AsyncTestClient[Any]) -> None:
    (model,) = (await client.get(MODEL_REGISTRY)).json()["models"]
    assert (model["name"], model["version"], model["stage"]) == ("tuned", 1, "candidate")
    assert model["files"][0]["size_bytes"] == len(b"weights")


async def test_an_administrator_promotes_a_version(client: AsyncTestClient[Any]) -> None:
    answer = await client.post(_PROMOTE, json={"stage": "staging"})
    assert (answer.status_code, answer.json()["stage"]) == (200, "staging")
    (model,) = (await client.get(MODEL_REGISTRY)).json()["models"]
    assert model["stage"] == "staging"


async def test_others_do_not(client: AsyncTestClient[Any]) -> None:
    answer = await client.post(_PROMOTE, json={"stage": "staging"}, headers={"Authorization": "Bearer reader"})
    assert answer.status_code == 403


async def test_no_stage_is_left_out(client: AsyncTestClient[Any]) -> None:
    answer = await client.post(_PROMOTE, json={"stage": "production"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_a_file_that_changed_stops_a_promotion(client: AsyncTestClient[Any], platform: Platform) -> None:
    await platform.batch_ports.blobs.put("models/fine-tuned/tuned/1/w.gguf", b"others!")
    answer = await client.post(_PROMOTE, json={"stage": "staging"})
    assert answer.status_code == 409
    assert "w.gguf" in answer.text


@pytest.mark.parametrize("place", ["tuned/versions/2", "tuned/versions/x", "none/versions/1", "UP/versions/1"])
async def test_what_is_not_there_is_not_found(client: AsyncTestClient[Any], place: str) -> None:
    answer = await client.post(f"{MODEL_REGISTRY}/{place}/promote", json={"stage": "staging"})
    assert answer.status_code == 404

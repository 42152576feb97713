"""Calls around reviews that several tests of routes make."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_gateway, memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.identity.principal import Principal
from textnlp.topology.scopes import ADMIN, READ, WRITE

REVIEWS = "/api/v1/reviews"
ROWS = [
    {"id": "a", "prompt": "Praise a kettle.", "reply": "It boils fast.", "model": "one", "score": 3},
    {"prompt": "Praise a lamp.", "reply": "It shines.", "model": "two", "score": 2},
    {"id": "c", "prompt": "Praise a chair.", "reply": "It stands.", "model": "one", "score": 1},
]


class NamedPeople:
    """Knows `person@tenant` as a writer, `admin` as an administrator and `reader` as one who may only read."""

    async def authenticate(self, credential: str) -> Principal:
        name, _, tenant = credential.partition("@")
        grants = {READ} if name == "reader" else {READ, WRITE}
        if name == "admin":
            grants |= {ADMIN}
        return Principal(subject=name, tenant=tenant, caller="client", grants=frozenset(grants))


def as_reviewer(name: str, *, tenant: str = "acme") -> dict[str, str]:
    return {"Authorization": f"Bearer {name}@{tenant}"}


@pytest.fixture
async def client() -> AsyncGenerator[AsyncTestClient[Any]]:
    """A client that is the owner of the reviews that it makes."""
    platform = memory_platform(gateway=memory_gateway(NamedPeople()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    async with AsyncTestClient(app, base_url="http://api.example.org") as client:
        client.headers.update(as_reviewer("owner"))
        yield client


def document(**questions: Any) -> dict[str, Any]:
    return {"name": "replies", "questions": questions or {"quality": {"kind": "rating"}}}


async def created(
    client: AsyncTestClient[Any], questions: dict[str, Any] | None = None, **review: Any
) -> dict[str, Any]:
    made = await client.post(REVIEWS, json={"review": {**document(**(questions or {})), **review}, "rows": ROWS})
    assert made.status_code == 201, made.text
    return made.json()


async def lent(client: AsyncTestClient[Any], review: str, who: str) -> dict[str, Any] | None:
    found = await client.post(f"{review}/next", json={}, headers=as_reviewer(who))
    assert found.status_code == 200, found.text
    return found.json()["item"]


async def answered(client: AsyncTestClient[Any], review: str, position: int, who: str, **values: Any) -> None:
    path = f"{review}/items/{position}/answer"
    found = await client.post(path, json={"values": values}, headers=as_reviewer(who))
    assert found.status_code == 200, found.text

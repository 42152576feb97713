import base64
import dataclasses
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.topology.scopes import READ

CLIENT, KEY = make_client(ClientRequest(name="nightly", permissions=(READ,)), now=CLOCK.now())
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[AsyncTestClient[Any]]:
    issuer = LocalIssuer.open(tmp_path, issuer="urn:example:issuer", clock=CLOCK)
    gateway = dataclasses.replace(memory_gateway(), issuer=issuer)
    await gateway.clients.create(CLIENT)
    platform = memory_platform(gateway=gateway)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as client:
        yield client


async def test_the_issuer_describes_itself(client: AsyncTestClient[Any]) -> None:
    found = (await client.get("/identity/.well-known/openid-configuration")).json()
    assert found["token_endpoint"] == "http://127.0.0.1:8000/identity/token"  # noqa: S105  an address
    (key,) = (await client.get(found["jwks_uri"].removeprefix("http://127.0.0.1:8000"))).json()["keys"]
    assert (key["alg"], key["use"]) == ("RS256", "sig")
    assert "d" not in key


async def test_a_client_gets_a_token_by_form_or_by_basic_credentials(client: AsyncTestClient[Any]) -> None:
    form = {**GRANT, "client_id": CLIENT.id, "client_secret": KEY.text}
    by_form = await client.post("/identity/token", data=form)
    basic = base64.b64encode(f"{CLIENT.id}:{KEY.text}".encode()).decode()
    by_basic = await client.post("/identity/token", data=GRANT, headers={"Authorization": f"Basic {basic}"})
    for answer in (by_form, by_basic):
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 3600)


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"grant_type": "password"}, {}, 422),
        (GRANT, {}, 401),
        (GRANT, {"Authorization": "Basic %%%"}, 401),
        ({**GRANT, "client_id": CLIENT.id, "client_secret": KEY.text, "scope": "Platform.Admin"}, {}, 422),
    ],
)
async def test_what_is_wrong_is_refused(
    client: AsyncTestClient[Any], form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    refused = await client.post("/identity/token", data=form, headers=headers)
    assert refused.status_code == status, refused.text
    assert KEY.text not in refused.text


async def test_a_host_header_that_is_none_is_refused(client: AsyncTestClient[Any]) -> None:
    response = await client.get("/identity/.well-known/openid-configuration", headers={"host": "127.0.0.1:port"})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


async def test_basic_credentials_that_are_no_ascii_are_refused(client: AsyncTestClient[Any]) -> None:
    response = await client.post("/identity/token", data=GRANT, headers=[(b"authorization", b"Basic \xff")])
    assert response.status_code == 401

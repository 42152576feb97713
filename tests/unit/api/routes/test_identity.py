import base64
import dataclasses
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.api_keys import forged_key
from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.topology.scopes import READ

CLIENT, KEY = make_client(ClientRequest(name="nightly", permissions=(READ,)), now=CLOCK.now())
GRANT = {"grant_type": "client_credentials"}
OWN = {**GRANT, "client_id": CLIENT.id, "client_secret": KEY.text}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[AsyncTestClient[Any]]:
    issuer = LocalIssuer(open_issuer_key(tmp_path), issuer="urn:example:issuer", clock=CLOCK)
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
    ("form", "headers", "status", "error"),
    [
        ({"grant_type": "password"}, {}, 400, "unsupported_grant_type"),
        ({}, {}, 400, "unsupported_grant_type"),
        (GRANT, {}, 401, "invalid_client"),
        (GRANT, {"Authorization": "Basic %%%"}, 401, "invalid_client"),
        (OWN | {"scope": "Platform.Admin"}, {}, 400, "invalid_scope"),
        (OWN | {"scope": "Everything"}, {}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "x", "client_id": "textnlp-native"}, {}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, {}, 400, "invalid_grant"),
    ],
)
async def test_what_is_wrong_is_refused(
    client: AsyncTestClient[Any], form: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    refused = await client.post("/identity/token", data=form, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (status, error), refused.text
    assert refused.json()["error_description"]
    assert refused.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in refused.headers) is (status == 401)
    assert KEY.text not in refused.text


@pytest.mark.parametrize(
    "body", ["grant_type=client_credentials&grant_type=password", "no form", "a=1&" * 40, "%ff=1&x"]
)
async def test_a_body_that_is_no_form_is_refused(client: AsyncTestClient[Any], body: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused = await client.post("/identity/token", content=body, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


async def test_guessing_a_secret_is_refused_after_a_while_and_the_right_one_waits(client: AsyncTestClient[Any]) -> None:
    guesses = [forged_key(CLIENT.key_prefix, secret=f"{number:032}").text for number in range(61)]
    statuses = [
        (await client.post("/identity/token", data=OWN | {"client_secret": guess})).status_code for guess in guesses
    ]
    assert statuses == [401] * 60 + [429]
    waiting = await client.post("/identity/token", data=OWN)
    assert (waiting.status_code, waiting.json()["error"]) == (429, "temporarily_unavailable")
    assert 0 < int(waiting.headers["retry-after"]) <= 62


async def test_revoking_what_is_not_known_succeeds(client: AsyncTestClient[Any]) -> None:
    answer = await client.post("/identity/revoke", data={"token": "unknown", "client_id": "textnlp-native"})
    assert answer.status_code == 200


async def test_a_platform_without_an_issuer_has_no_sign_in() -> None:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as client:
        for path in ("/identity/jwks", "/identity/.well-known/openid-configuration"):
            assert (await client.get(path)).status_code == 404
        assert (await client.post("/identity/token", data=OWN)).status_code == 404


async def test_a_host_header_that_is_none_is_refused(client: AsyncTestClient[Any]) -> None:
    response = await client.get("/identity/.well-known/openid-configuration", headers={"host": "127.0.0.1:port"})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


async def test_basic_credentials_that_are_no_ascii_are_refused(client: AsyncTestClient[Any]) -> None:
    response = await client.post("/identity/token", data=OWN, headers=[(b"authorization", b"Basic \xff")])
    assert response.status_code == 401

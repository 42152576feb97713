import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.api.app import ROUTES, create_app
from textnlp.api.openapi import description_of
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.principal import Principal
from textnlp.domain.usage.totals import Grouping
from textnlp.topology.scopes import ADMIN, READ, WRITE

DAY = timedelta(days=1)
OPEN = {
    "/health",
    "/ready",
    "/metrics",
    "/identity/.well-known/openid-configuration",
    "/identity/jwks",
    "/identity/token",
    "/identity/revoke",
    "/identity/authorize",
    "/identity/sign-in.css",
}
"""Routes that everybody may call; whoever adds one writes it here."""

CALLERS = {
    "reader": frozenset({READ}),
    "writer": frozenset({READ, WRITE}),
    "write-only": frozenset({WRITE}),
    "admin": frozenset({ADMIN, READ, WRITE}),
    "nothing": frozenset[str](),
}


class Names:
    """Knows callers by a credential that is their name."""

    async def authenticate(self, credential: str) -> Principal:
        name, _, tenant = credential.partition("@")
        if name not in CALLERS:
            raise TextNLPError("The token expired at noon.", kind=ErrorKind.UNAUTHENTICATED)
        limits = (("rate-limit", 3),) if tenant == "limited" else ()
        return Principal(
            subject=name, tenant=tenant or "home", caller=credential, grants=CALLERS[name], call_limits=limits
        )


def client_of() -> AsyncTestClient[Any]:
    platform = memory_platform(gateway=memory_gateway(Names()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    return AsyncTestClient(create_app(platform, intake=intake), base_url="http://api.example.org")


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def routes() -> list[tuple[str, str, str | None]]:
    return [
        (method, path, description_of(handler).grant)
        for handler in ROUTES
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods)
        if method in {"GET", "POST", "PUT", "DELETE"}
    ]


def url_of(path: str) -> str:
    return re.sub(r"\{\w+:\w+\}", "x", path)


def test_only_the_routes_that_are_listed_are_open_to_everybody() -> None:
    assert {path for _, path, grant in routes() if grant is None} == OPEN


@pytest.mark.parametrize(("method", "path", "grant"), [each for each in routes() if each[2] is not None])
async def test_every_route_lets_in_who_may_and_nobody_else(method: str, path: str, grant: str) -> None:
    async with client_of() as client:
        url = url_of(path)
        for credentials in ({}, bearer("unknown"), {"Authorization": "Basic abc"}):
            refused = await client.request(method, url, headers=credentials)
            assert refused.status_code == 401, refused.text
            assert refused.headers["www-authenticate"].startswith("Bearer ")
        for name, grants in CALLERS.items():
            response = await client.request(method, url, headers=bearer(name))
            assert (response.status_code == 403) is (grant not in grants), (name, response.text)
            if response.status_code == 403:
                assert 'error="insufficient_scope"' in response.headers["www-authenticate"]
                assert grant in response.text
            assert response.status_code != 401


async def test_what_is_wrong_with_the_credentials_is_said() -> None:
    async with client_of() as client:
        refused = await client.get("/api/v1/batches", headers=bearer("gone"))
    assert refused.json()["detail"] == "The token expired at noon."
    assert 'error_description="The token expired at noon."' in refused.headers["www-authenticate"]


async def test_a_caller_sees_nothing_of_another_tenant() -> None:
    async with client_of() as client:
        made = await client.post(
            "/api/v1/batches", params={"name": "a.txt"}, content=b"Hello", headers=bearer("writer@one")
        )
        assert made.status_code == 202, made.text
        batch = f"/api/v1/batches/{made.json()['id']}"
        later = await client.post(
            "/api/v1/generate", json={"prompt": "Hi", "mode": "async"}, headers=bearer("writer@one")
        )
        for path in (batch, f"{batch}/rows", f"{batch}/errors", f"{batch}/output", later.headers["location"]):
            assert (await client.get(path, headers=bearer("writer@two"))).status_code == 404, path
        assert (await client.post(f"{batch}/cancel", headers=bearer("writer@two"))).status_code == 404
        assert (await client.get("/api/v1/batches", headers=bearer("writer@two"))).json()["batches"] == []
        for name in ("writer@one", "admin@two"):
            assert (await client.get(batch, headers=bearer(name))).status_code == 200


async def test_a_caller_sees_no_file_and_no_batch_of_another_tenant_through_openais_routes() -> None:
    one, two = bearer("writer@one"), bearer("writer@two")
    async with client_of() as client:
        uploaded = await client.post("/v1/files", data={"purpose": "batch"}, files={"file": b"{}"}, headers=one)
        assert uploaded.status_code == 200, uploaded.text
        order = {
            "input_file_id": uploaded.json()["id"],
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
        }
        assert (await client.post("/v1/batches", json=order, headers=two)).status_code == 404
        made = await client.post("/v1/batches", json=order, headers=one)
        assert made.status_code == 200, made.text
        file, batch = f"/v1/files/{uploaded.json()['id']}", f"/v1/batches/{made.json()['id']}"
        assert (await client.post(f"{batch}/cancel", headers=two)).status_code == 404
        assert (await client.delete(file, headers=two)).status_code == 404
        for path in (file, f"{file}/content", batch):
            assert (await client.get(path, headers=two)).status_code == 404, path
            for name in ("writer@one", "admin@two"):
                assert (await client.get(path, headers=bearer(name))).status_code == 200, path
        for path in ("/v1/files", "/v1/batches"):
            assert (await client.get(path, headers=two)).json()["data"] == []
            assert len((await client.get(path, headers=one)).json()["data"]) == 1
        after = {"after": uploaded.json()["id"]}
        assert (await client.get("/v1/files", params=after, headers=two)).status_code == 404


async def test_the_call_above_the_limit_is_refused_with_its_name_and_the_wait() -> None:
    async with client_of() as client:
        for left in (2, 1, 0):
            allowed = await client.get("/api/v1/batches", headers=bearer("reader@limited"))
            assert (allowed.headers["ratelimit-limit"], allowed.headers["ratelimit-remaining"]) == ("3", str(left))
        refused = await client.get("/api/v1/batches", headers=bearer("reader@limited"))
        assert refused.status_code == 429
        assert refused.json()["limit_name"] == "rate-limit"
        assert 0 < int(refused.headers["retry-after"]) <= 61
        assert (await client.get("/api/v1/batches", headers=bearer("reader"))).status_code == 200
        assert (await client.get("/health", headers=bearer("reader@limited"))).status_code == 200


async def test_the_thousand_and_first_call_of_a_minute_is_refused() -> None:
    async with client_of() as client:
        statuses = [(await client.get("/api/v1/batches", headers=bearer("reader"))).status_code for _ in range(1001)]
    assert statuses == [200] * 1000 + [429]


async def test_tokens_count_once_they_are_used() -> None:
    platform = memory_platform(gateway=memory_gateway(Names()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    async with AsyncTestClient(app, base_url="http://api.example.org") as client:
        body = {"prompt": "word " * 30_000, "parameters": {"max_tokens": 5}}
        answers = [await client.post("/api/v1/generate", json=body, headers=bearer("writer")) for _ in range(5)]
        refused = [answer.json()["limit_name"] for answer in answers if answer.status_code == 429]
        assert answers[0].status_code == 200
        assert set(refused) == {"token-limit"}
        listed = await client.get("/api/v1/batches", headers=bearer("writer"))
    assert listed.status_code == 200, "only what asks a model waits for tokens"


async def test_what_was_used_is_in_the_ledger() -> None:
    gateway = memory_gateway(Names())
    platform = memory_platform(gateway=gateway)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://api.example.org") as client:
        answer = await client.post("/api/v1/generate", json={"prompt": "Hello"}, headers=bearer("writer@one"))
        chat = {"model": "scripted", "messages": [{"role": "user", "content": "Hello"}]}
        again = await client.post("/v1/chat/completions", json=chat, headers={"api-key": "writer@one"})
    used = answer.json()["usage"]["total_tokens"] + again.json()["usage"]["total_tokens"]
    now = CLOCK.now()
    async with asyncio.timeout(5):
        while True:
            totals = await gateway.usage.totals("one", group_by=Grouping.CALLER, since=now - DAY, until=now + DAY)
            if sum(total.calls for total in totals) == 2:
                break
            await asyncio.sleep(0.01)
    assert [(total.key, total.usage.total_tokens) for total in totals] == [("writer@one", used)]


async def test_pages_of_the_application_may_call_and_others_may_not() -> None:
    async with client_of() as client:
        asked = {"Origin": "https://app.textnlp.com", "Access-Control-Request-Method": "POST"}
        allowed = await client.options("/api/v1/generate", headers=asked)
        assert allowed.headers["access-control-allow-origin"] == "https://app.textnlp.com"
        assert allowed.headers["access-control-allow-credentials"] == "true"
        foreign = await client.options("/api/v1/generate", headers={**asked, "Origin": "https://example.org"})
        assert "access-control-allow-origin" not in foreign.headers

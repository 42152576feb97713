import asyncio
import dataclasses
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from tests.unit.api.test_doorkeeper import Names, bearer
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.api.app import ROUTES, create_app
from textnlp.api.openapi import description_of
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import CompletionChunk, GenerationRequest
from textnlp.ports.text_engine import TextEngine
from textnlp.topology.limits import LIMITS, Limits

PROMPT = {"prompt": "Hello"}
CHAT = {"model": "scripted", "messages": [{"role": "user", "content": "Hello"}]}
BUDGET = {"limit": "5", "unit": "usd", "period": "daily", "scope": "tenant"}
REVIEW = {"name": "texts", "questions": {"quality": {"kind": "rating"}}}
FORM_NOT_TAKEN = {
    "/identity/authorize",
    "/identity/revoke",
    "/identity/token",
    "/api/v1/batches/{batch_id:str}/cancel",
    *(f"/api/v1/datasets/{{dataset_id:str}}/{change}" for change in ("pause", "resume", "cancel", "rollback")),
    "/api/v1/recipes/check",
    "/api/v1/models/registry/{name:str}/versions/{version:str}/promote",
    "/api/v1/validate",
    "/api/v1/recipes/estimate",
    "/v1/batches/{batch_id:str}/cancel",
    "/openai/v1/batches/{batch_id:str}/cancel",
    "/openai/batches/{batch_id:str}/cancel",
    "/api/v1/templates/{reference:str}/render",
    "/api/v1/templates/{reference:str}/test",
    "/api/v1/webhooks/{webhook_id:str}/rotate-secret",
    "/api/v1/webhooks/{webhook_id:str}/test",
    "/api/v1/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/redeliver",
    "/api/v1/reviews/{review_id:str}/next",
    "/api/v1/reviews/{review_id:str}/items/{position:str}/answer",
    "/api/v1/reviews/{review_id:str}/items/{position:str}/skip",
    "/api/v1/reviews/{review_id:str}/items/{position:str}/decide",
    "/api/v1/reviews/{review_id:str}/export",
}
"""Routes that are posted to and make nothing."""


def client_of(engine: TextEngine | None = None, *, limits: Limits = LIMITS) -> AsyncTestClient[Any]:
    platform = memory_platform(engine, gateway=memory_gateway(Names()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    return AsyncTestClient(create_app(platform, intake=intake, limits=limits), base_url="http://api.example.org")


def with_key(key: str = "k-1", name: str = "writer") -> dict[str, str]:
    return {**bearer(name), "Idempotency-Key": key}


def test_whatever_makes_something_takes_a_key() -> None:
    posts = {path: handler for handler in ROUTES for path in handler.paths if "POST" in handler.http_methods}
    without = {path for path, handler in posts.items() if not description_of(handler).takes_idempotency_key}
    assert without == FORM_NOT_TAKEN


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/generate", PROMPT),
        ("/api/v1/generate", {**PROMPT, "mode": "async"}),
        ("/api/v1/generate", {**PROMPT, "stream": True}),
        ("/v1/chat/completions", CHAT),
        ("/v1/chat/completions", {**CHAT, "stream": True}),
        ("/api/v1/budgets", BUDGET),
        ("/api/v1/webhooks", {"url": "https://receiver.example/events"}),
        ("/api/v1/reviews", {"review": REVIEW, "rows": [{"text": "Fine."}]}),
    ],
)
async def test_the_same_key_and_request_have_the_same_answer(path: str, body: dict[str, Any]) -> None:
    async with client_of() as client:
        first = await client.post(path, json=body, headers=with_key(name="admin"))
        again = await client.post(path, json=body, headers=with_key(name="admin"))
        other = await client.post(path, json=body, headers=with_key("k-2", name="admin"))
    assert first.status_code < 300, first.text
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("content-type", "location", "cache-control"):
        assert again.headers.get(name) == first.headers.get(name)
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert other.content != first.content, "another key is another call"


async def test_a_repeated_call_asks_no_model_and_needs_no_tokens() -> None:
    engine = ScriptedEngine(clock=CLOCK)
    async with client_of(engine) as client:
        for _ in range(3):
            answer = await client.post("/api/v1/generate", json=PROMPT, headers=with_key())
            assert answer.status_code == 200
        assert engine.calls == 1
        await client.post("/api/v1/generate", json=PROMPT, headers=bearer("writer"))
        await client.post("/api/v1/generate", json=PROMPT, headers=with_key(name="writer@other"))
        assert engine.calls == 3, "without a key, and with another caller's, it is another call"


async def test_a_key_that_comes_with_another_request_is_refused_by_the_headers_name() -> None:
    async with client_of() as client:
        await client.post("/api/v1/generate", json=PROMPT, headers=with_key())
        refused = await client.post("/api/v1/generate", json={"prompt": "Bye"}, headers=with_key())
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
        assert refused.json()["field"] == "Idempotency-Key"
        await client.post("/v1/chat/completions", json=CHAT, headers=with_key())
        refused = await client.post("/v1/chat/completions", json={**CHAT, "seed": 1}, headers=with_key())
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("error", "status"), [(ErrorKind.UNAVAILABLE, 503), (ErrorKind.BAD_RESPONSE, 502), (ErrorKind.RATE_LIMITED, 429)]
)
async def test_a_call_that_failed_may_be_made_again_with_its_key(error: ErrorKind, status: int) -> None:
    engine = ScriptedEngine(clock=CLOCK, script=[TextNLPError("No.", kind=error)])
    async with client_of(engine) as client:
        assert (await client.post("/api/v1/generate", json=PROMPT, headers=with_key())).status_code == status
        await asyncio.sleep(0.01)
        again = await client.post("/api/v1/generate", json=PROMPT, headers=with_key())
    assert again.status_code == 200
    assert "idempotency-replayed" not in again.headers


async def test_what_was_wrong_with_a_request_may_be_corrected_under_its_key() -> None:
    async with client_of() as client:
        assert (await client.post("/api/v1/generate", json={"promt": 1}, headers=with_key())).status_code == 422
        await asyncio.sleep(0.01)
        assert (await client.post("/api/v1/generate", json=PROMPT, headers=with_key())).status_code == 200


async def test_a_stream_that_ended_with_an_error_is_not_kept() -> None:
    class Breaking(ScriptedEngine):
        async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
            async for chunk in super().stream(request):
                yield chunk
                raise TextNLPError("It broke off.", kind=ErrorKind.UNAVAILABLE)

    async with client_of(Breaking(clock=CLOCK)) as client:
        for path, body in (("/api/v1/generate", PROMPT), ("/v1/chat/completions", CHAT)):
            for _ in range(2):
                answer = await client.post(path, json={**body, "stream": True}, headers=with_key())
                assert "It broke off." in answer.text
                assert "idempotency-replayed" not in answer.headers
                await asyncio.sleep(0.01)


async def test_an_answer_that_is_too_large_to_keep_is_never_made_twice() -> None:
    engine = ScriptedEngine(clock=CLOCK)
    async with client_of(engine, limits=dataclasses.replace(LIMITS, idempotency_answer_bytes=10)) as client:
        assert (await client.post("/api/v1/generate", json=PROMPT, headers=with_key())).status_code == 200
        refused = await client.post("/api/v1/generate", json=PROMPT, headers=with_key())
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
    assert "10 bytes" in refused.json()["detail"]
    assert engine.calls == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
async def test_a_key_that_is_none_is_refused(key: str) -> None:
    async with client_of() as client:
        refused = await client.post("/api/v1/generate", json=PROMPT, headers=with_key(key))
        assert (refused.status_code, refused.json()["field"]) == (422, "Idempotency-Key")


async def test_a_key_where_nothing_is_made_is_let_be() -> None:
    async with client_of() as client:
        assert (await client.get("/api/v1/batches", headers=with_key(""))).status_code == 200


@pytest.mark.parametrize("as_form", [False, True])
async def test_a_file_that_is_sent_again_is_one_batch(*, as_form: bool) -> None:
    async def submit(client: AsyncTestClient[Any], content: bytes) -> Any:
        if as_form:
            files, data = {"file": ("a.txt", content)}, {"max_tokens": "5"}
            return await client.post("/api/v1/batches", files=files, data=data, headers=with_key())
        return await client.post("/api/v1/batches", params={"name": "a.txt"}, content=content, headers=with_key())

    async with client_of() as client:
        first, again, other = [await submit(client, content) for content in (b"Hi\n", b"Hi\n", b"Ho\n")]
        listed = await client.get("/api/v1/batches", headers=bearer("writer"))
    assert first.status_code == 202, first.text
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert [batch["id"] for batch in listed.json()["batches"]] == [first.json()["id"]]


async def test_a_repetition_may_not_be_larger_than_the_route_takes() -> None:
    small = dataclasses.replace(LIMITS, max_row_bytes=1, max_request_body_bytes=100, max_upload_bytes=100)
    async with client_of(limits=small) as client:
        await client.post("/api/v1/generate", json=PROMPT, headers=with_key())
        huge = {"prompt": "x" * (2 << 20)}
        assert (await client.post("/api/v1/generate", json=huge, headers=with_key())).status_code == 413

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.workers.batch_service import serve_batches
from textnlp.workers.generation_service import serve_generations

LOCAL = {"host": "127.0.0.1:8000"}

Client = AsyncTestClient[Litestar]


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    """The API over a platform in memory whose workers run."""
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as test_client:
        services = (intake.run(), serve_batches(platform), serve_generations(platform))
        tasks = [asyncio.create_task(service) for service in services]
        yield test_client
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


async def ended(client: Client, batch_id: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            batch = (await client.get(f"/api/v1/batches/{batch_id}")).json()
            if batch["state"] in {"completed", "failed", "cancelled"}:
                return batch
            await asyncio.sleep(0.02)


async def submitted(client: Client, content: str, *, name: str = "prompts.txt") -> dict[str, Any]:
    response = await client.post("/api/v1/batches", params={"name": name}, content=content.encode())
    assert response.status_code == 202, response.text
    assert response.headers["location"].endswith(response.json()["id"])
    return await ended(client, response.json()["id"])


async def test_every_answer_has_a_request_id_and_forbids_sniffing(client: Client) -> None:
    for path in ("/health", "/api/v1/batches", "/nowhere"):
        response = await client.get(path, headers={"x-request-id": "mine-1"})
        assert response.headers["x-request-id"] == "mine-1"
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_transport_security_is_promised_only_where_the_connection_itself_is_encrypted(client: Client) -> None:
    spoofed = {"x-forwarded-proto": "https", "forwarded": "proto=https"}
    assert "strict-transport-security" not in (await client.get("/health", headers=spoofed)).headers
    encrypted = await client.get("https://127.0.0.1:8000/health")
    assert "max-age=" in encrypted.headers["strict-transport-security"]


async def test_what_is_not_there_is_a_problem_document(client: Client) -> None:
    response = await client.get("/api/v1/batches/batch_absent")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/problem+json")
    assert response.json()["code"] == "not_found"


async def test_without_authentication_no_page_of_another_origin_may_read(client: Client) -> None:
    response = await client.get("/api/v1/batches", headers={"origin": "https://app.textnlp.com"})
    assert "access-control-allow-origin" not in response.headers


async def test_readiness_names_the_parts(client: Client) -> None:
    response = await client.get("/ready")
    assert response.status_code == 200
    assert {part["name"] for part in response.json()["parts"]} == {"queue", "blobs", "engine"}


async def test_what_is_asked_for_asynchronously_is_fetched_later(client: Client) -> None:
    response = await client.post("/api/v1/generate", json={"prompt": "Hello", "mode": "async"})
    assert response.status_code == 202
    assert response.json()["state"] == "queued"
    async with asyncio.timeout(5):
        while True:
            found = (await client.get(response.headers["location"])).json()
            if found["state"] != "queued":
                break
            await asyncio.sleep(0.01)
    assert (found["state"], found["finish_reason"]) == ("completed", "stop")
    assert found["text"]
    assert found["usage"]["total_tokens"] > 0
    assert (await client.get("/api/v1/generations/gen_absent")).status_code == 404
    refused = await client.post("/api/v1/generate", json={"prompt": "Hello", "mode": "async", "stream": True})
    assert refused.json()["field"] == "stream"


async def test_a_prompt_is_answered_with_its_usage(client: Client) -> None:
    response = await client.post("/api/v1/generate", json={"prompt": "Hello", "parameters": {"max_tokens": 9}})
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["text"]
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"]


async def test_an_answer_with_a_schema_comes_parsed_as_well(client: Client) -> None:
    schema = {"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}
    response = await client.post("/api/v1/generate", json={"prompt": "Rate it", "schema": schema})
    assert response.status_code == 200, response.text
    assert isinstance(response.json()["json"]["stars"], int)


async def test_a_stream_ends_with_done(client: Client) -> None:
    response = await client.post("/api/v1/generate", json={"prompt": "Hello", "stream": True})
    events = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]
    assert events[-1] == "[DONE]"
    assert json.loads(events[0])["object"] == "chat.completion.chunk"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"promt": "x"}, 422, "prompt"),
        ({}, 422, "prompt"),
        ({"prompt": "x", "parameters": {"temperature": 9}}, 422, "temperature"),
        ({"prompt": "x", "model": "absent"}, 404, "absent"),
        ("no object", 422, ""),
    ],
)
async def test_a_wrong_request_is_refused_with_what_is_wrong(client: Client, body: Any, status: int, said: str) -> None:
    response = await client.post("/api/v1/generate", json=body)
    assert response.status_code in {status, 400}
    assert said in response.text


async def test_a_batch_is_read_answered_listed_and_fetched(client: Client) -> None:
    batch = await submitted(client, "One\nTwo\nThree\n")
    assert (batch["state"], batch["counts"]["accepted"], batch["counts"]["pending"]) == ("completed", 3, 0)
    output = await client.get(f"/api/v1/batches/{batch['id']}/output")
    assert [json.loads(line)["id"] for line in output.text.splitlines()] == ["1", "2", "3"]
    manifest = await client.get(f"/api/v1/batches/{batch['id']}/files/manifest.json")
    assert manifest.json()["counts"]["accepted"] == 3
    rows = await client.get(f"/api/v1/batches/{batch['id']}/rows", params={"limit": 2})
    assert len(rows.json()["rows"]) == 2
    listed = await client.get("/api/v1/batches")
    assert batch["id"] in listed.text


async def test_a_form_brings_the_file_and_the_parameters(client: Client) -> None:
    response = await client.post(
        "/api/v1/batches",
        files={"file": ("p.txt", b"One\nTwo\n", "text/plain")},
        data={"max_tokens": "7"},
    )
    assert response.status_code == 202, response.text
    assert (await ended(client, response.json()["id"]))["counts"]["accepted"] == 2


async def test_bad_rows_are_streamed_with_their_lines(client: Client) -> None:
    batch = await submitted(client, '{"prompt": "One"}\n{"prompt": 2}\n', name="p.jsonl")
    assert (batch["counts"]["accepted"], batch["counts"]["failed"]) == (1, 1)
    errors = await client.get(f"/api/v1/batches/{batch['id']}/errors")
    assert [json.loads(line)["line"] for line in errors.text.splitlines()] == [2]


async def test_the_events_of_a_batch_end_with_its_end(client: Client) -> None:
    batch = await submitted(client, "One\n")
    events = await client.get(f"/api/v1/batches/{batch['id']}/events")
    names = [line.removeprefix("event: ") for line in events.text.splitlines() if line.startswith("event: ")]
    assert names[-1] == "end"


async def test_a_file_that_cannot_be_read_fails_its_batch_with_the_reason(client: Client) -> None:
    batch = await submitted(client, '{"prompts": [', name="b.json")
    assert batch["state"] == "failed"
    assert "line 1" in batch["reason"]
    output = await client.get(f"/api/v1/batches/{batch['id']}/output")
    assert output.status_code in {404, 409}


async def test_a_path_cannot_leave_the_batchs_own_files(client: Client) -> None:
    batch = await submitted(client, "One\n")
    for name in ("..%2F..%2Fsecret", "requests.jsonl", "x"):
        response = await client.get(f"/api/v1/batches/{batch['id']}/files/{name}")
        assert response.status_code == 404


async def test_a_request_addressed_to_another_name_is_refused(client: Client) -> None:
    assert (await client.get("/health", headers={"host": "evil.example"})).status_code == 403
    posted = await client.post("/api/v1/generate", json={"prompt": "x"}, headers={"origin": "https://evil.example"})
    assert posted.status_code == 403


async def test_the_api_describes_itself(client: Client) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) >= {"/api/v1/generate", "/api/v1/batches", "/health", "/ready"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
bodies = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("prompt", "messages", "system", "model", "parameters", "schema", "stream"), json_values),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies | json_values)
async def test_no_body_makes_the_platform_fail(client: Client, body: Any) -> None:
    response = await client.post("/api/v1/generate", json=body)
    assert response.status_code < 500, response.text

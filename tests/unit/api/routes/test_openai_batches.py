import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake

Client = AsyncTestClient[Litestar]


@contextlib.asynccontextmanager
async def opened() -> AsyncGenerator[Client]:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as made:
        yield made


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
bodies = st.fixed_dictionaries(
    {
        "input_file_id": st.just("{file}") | json_values,
        "endpoint": st.just("/v1/chat/completions") | json_values,
        "completion_window": st.just("24h") | json_values,
    },
    optional={
        "metadata": st.dictionaries(st.text(max_size=70), st.text(max_size=20), max_size=3) | json_values,
        "output_expires_after": st.fixed_dictionaries({"anchor": st.just("created_at"), "seconds": st.integers()}),
    },
)


@settings(max_examples=15, deadline=None)
@given(body=bodies | json_values)
async def test_no_body_makes_the_platform_fail(body: Any) -> None:
    async with opened() as client:
        stored = await client.post("/v1/files", data={"purpose": "batch"}, files={"file": ("a.jsonl", b"{}")})
        text = json.dumps(body).replace("{file}", stored.json()["id"])
        response = await client.post("/v1/batches", content=text)
        assert response.status_code < 500, response.text
        if response.status_code == 200:
            shown = await client.get(f"/v1/batches/{response.json()['id']}")
            assert shown.json() == response.json()


async def test_a_query_that_is_wrong_is_refused_with_its_field() -> None:
    async with opened() as client:
        for path, query, param in (
            ("/v1/batches", {"limit": "0"}, "limit"),
            ("/v1/batches", {"limit": "101"}, "limit"),
            ("/v1/batches", {"before": "x"}, "before"),
            ("/v1/files", {"limit": "10001"}, "limit"),
            ("/v1/files", {"order": "up"}, "order"),
            ("/v1/files", {"purpose": "else"}, "purpose"),
        ):
            refused = await client.get(path, params=query)
            assert (refused.status_code, refused.json()["error"]["param"]) == (400, param), path
        for path in ("/openai/files", "/openai/batches"):
            assert (await client.get(path, params={"api-version": "2024-10-21"})).status_code == 200

import contextlib
from collections.abc import AsyncGenerator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.topology.limits import Limits

Client = AsyncTestClient[Litestar]
SMALL = 3_000_000
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=b"}


@contextlib.asynccontextmanager
async def opened() -> AsyncGenerator[Client]:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    limits = Limits(max_request_body_bytes=SMALL, max_row_bytes=1000, max_upload_bytes=SMALL)
    app = create_app(platform, intake=intake, limits=limits)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as made:
        yield made


@settings(max_examples=15, deadline=None)
@given(
    name=st.text(max_size=30),
    fields=st.dictionaries(
        st.sampled_from(["purpose", "expires_after[anchor]", "expires_after[seconds]", "else"]),
        st.sampled_from(["batch", "created_at", "7200", "-1", "", "é"]),
    ),
    data=st.binary(max_size=50),
)
async def test_no_form_makes_the_platform_fail(name: str, fields: dict[str, str], data: bytes) -> None:
    async with opened() as client:
        stored = await client.post("/v1/files", data=fields, files={"file": (name, data)})
        assert stored.status_code < 500, stored.text
        if stored.status_code == 200:
            content = await client.get(f"/v1/files/{stored.json()['id']}/content")
            assert content.content == data
            assert content.headers["x-content-type-options"] == "nosniff"


@given(body=st.binary(max_size=200))
@settings(max_examples=10, deadline=None)
async def test_no_broken_form_makes_the_platform_fail(body: bytes) -> None:
    async with opened() as client:
        for given_body in (body, b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + body):
            refused = await client.post("/v1/files", content=given_body, headers=BOUNDARY)
            assert refused.status_code == 400, refused.text


async def test_the_order_of_the_fields_does_not_matter() -> None:
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n{}\r\n'
    purpose = b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    async with opened() as client:
        for body in (file + purpose, purpose + file):
            stored = await client.post("/v1/files", content=body + b"--b--\r\n", headers=BOUNDARY)
            assert (stored.status_code, stored.json()["bytes"]) == (200, 2)


@pytest.mark.parametrize(("size_bytes", "status"), [(SMALL, 200), (SMALL + 1, 413), (2 * SMALL, 413)])
async def test_a_file_may_be_as_large_as_the_limit_says(size_bytes: int, status: int) -> None:
    async with opened() as client:
        data = {"purpose": "user_data"}
        stored = await client.post("/v1/files", data=data, files={"file": ("a", b"x" * size_bytes)})
        assert stored.status_code == status
        assert len((await client.get("/v1/files")).json()["data"]) == (status == 200)

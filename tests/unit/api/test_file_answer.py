import contextlib
import dataclasses
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_gateway, memory_platform
from tests.unit.api.routes.review_calls import NamedPeople, as_reviewer
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.link_downloads import NO_LINKS, DownloadLinks
from textnlp.domain.errors import ErrorKind, TextNLPError

Client = AsyncTestClient[Litestar]
LARGE = b"x" * 100


class Signer:
    """Makes links that say what was asked for; refuses to where it may not sign."""

    def __init__(self, *, may_sign: bool = True) -> None:
        self.may_sign = may_sign
        self.signed: list[tuple[str, timedelta, str]] = []

    async def link(self, path: str, *, lasts: timedelta, file_name: str) -> str:
        if not self.may_sign:
            raise TextNLPError("The identity may not sign.", kind=ErrorKind.FORBIDDEN)
        self.signed.append((path, lasts, file_name))
        return f"https://account.blob.example/{path}?sig=x"


@contextlib.asynccontextmanager
async def opened(downloads: DownloadLinks) -> AsyncGenerator[Client]:
    platform = dataclasses.replace(memory_platform(gateway=memory_gateway(NamedPeople())), downloads=downloads)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        client.headers.update(as_reviewer("owner"))
        yield client


async def stored(client: Client, data: bytes) -> str:
    """Store a file and return where its content is."""
    answer = await client.post("/v1/files", data={"purpose": "user_data"}, files={"file": ("ä b.jsonl", data)})
    return f"/v1/files/{answer.json()['id']}/content"


async def test_a_large_file_is_fetched_by_a_link_and_a_smaller_one_is_sent() -> None:
    signer = Signer()
    async with opened(DownloadLinks(links=signer, from_bytes=100, lasts=timedelta(minutes=15))) as client:
        large, small = await stored(client, LARGE), await stored(client, LARGE[1:])
        linked = await client.get(large, follow_redirects=False)
        sent = await client.get(small)
    ((path, lasts, file_name),) = signer.signed
    assert (linked.status_code, linked.content) == (303, b"")
    assert linked.headers["location"] == f"https://account.blob.example/{path}?sig=x"
    assert linked.headers["cache-control"] == "no-store"
    assert (lasts, file_name) == (timedelta(minutes=15), "ä b.jsonl")
    assert (sent.status_code, sent.content) == (200, LARGE[1:])
    assert sent.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A4%20b.jsonl"


async def test_no_link_is_made_for_another_tenant() -> None:
    signer = Signer()
    async with opened(DownloadLinks(links=signer, from_bytes=0)) as client:
        path = await stored(client, LARGE)
        answer = await client.get(path, headers=as_reviewer("owner", tenant="globex"), follow_redirects=False)
    assert answer.status_code == 404
    assert signer.signed == []


@pytest.mark.parametrize(
    "downloads",
    [NO_LINKS, DownloadLinks(links=Signer()), DownloadLinks(from_bytes=0)],
    ids=["nothing said", "no size", "a folder"],
)
async def test_every_file_is_sent_where_there_are_no_links(downloads: DownloadLinks) -> None:
    async with opened(downloads) as client:
        assert (await client.get(await stored(client, LARGE))).content == LARGE


async def test_a_file_whose_link_cannot_be_signed_is_sent_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with opened(DownloadLinks(links=Signer(may_sign=False), from_bytes=0)) as client:
        assert (await client.get(await stored(client, LARGE))).content == LARGE
    assert "The identity may not sign." in caplog.text

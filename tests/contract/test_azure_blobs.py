"""What blobs on Azure do beside what every blob store does."""

import asyncio
import contextlib
import dataclasses
import itertools
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest
import pytest_asyncio
from azure.storage.blob.aio import BlobClient

from tests.doubles.azurite import Azurite, azure_storage
from tests.doubles.entra import CLIENT, Entra
from tests.factories.memory_platform import memory_gateway, memory_platform
from tests.unit.api.routes.review_calls import NamedPeople, as_reviewer
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.blobs.azure_account import AzureBlobStore, azure_account
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.result_files.writer import BlobResultFiles
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.blob_wiring import download_links
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import KEY_VAULT, STORAGE, AccessToken, AccessTokens
from textnlp.ports.blob_links import BlobLinks
from textnlp.ports.blob_tiers import BlobTier, BlobTiers
from textnlp.settings import Settings
from textnlp.workers.batch_service import serve_batches

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

_CONTAINERS = ("generations", "prompts")
_MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def storage() -> AsyncIterator[tuple[Azurite, Entra]]:
    async with azure_storage() as (azurite, entra):
        await azurite.make_containers(*_CONTAINERS)
        yield azurite, entra


@pytest_asyncio.fixture(loop_scope="module")
async def store(storage: tuple[Azurite, Entra]) -> AsyncIterator[AzureBlobStore]:
    azurite, _ = storage
    async with (
        contextlib.aclosing(_tokens(azurite)) as tokens,
        contextlib.aclosing(_opened(azurite, tokens)) as opened,
    ):
        yield opened


def _tokens(azurite: Azurite) -> EntraAccessTokens:
    return EntraAccessTokens(clock=SystemClock(), ca_file=azurite.certificates.authority)


def _opened(azurite: Azurite, tokens: AccessTokens, *containers: str) -> AzureBlobStore:
    authority = azurite.certificates.authority
    account = azure_account(azurite.url, tokens=tokens, clock=SystemClock(), ca_file=authority, poll_seconds=0.1)
    return AzureBlobStore(account, containers=containers or _CONTAINERS)


def _platform_on(store: AzureBlobStore, *, from_bytes: int) -> Platform:
    """Return a platform in memory but for its blobs, whose callers are told apart by tenant."""
    platform = memory_platform(gateway=memory_gateway(NamedPeople()))
    return dataclasses.replace(
        platform,
        batch_ports=dataclasses.replace(platform.batch_ports, blobs=store, results=BlobResultFiles(store)),
        downloads=download_links(Settings(download_link_bytes=from_bytes), store),
    )


def _trusting(azurite: Azurite) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=azurite.certificates.authority)


async def test_the_first_part_of_a_path_is_the_container(store: AzureBlobStore) -> None:
    for path in ("prompts/batch/a.jsonl", "generations/batch/1/manifest.json"):
        info = await store.put(path, b"x")
        assert info == await store.head(path)
        assert [found async for found in store.entries(path)] == [info]
    assert [info.path async for info in store.entries()] == [
        "generations/batch/1/manifest.json",
        "prompts/batch/a.jsonl",
    ]
    assert [info.path async for info in store.entries("prom")] == ["prompts/batch/a.jsonl"]
    moved = await store.move("prompts/batch/a.jsonl", "prompts/quarantine/a.jsonl")
    assert (moved.path, await store.get(moved.path)) == ("prompts/quarantine/a.jsonl", b"x")
    assert [piece async for piece in store.stream(moved.path)] == [b"x"]
    await store.delete(moved.path)
    await store.delete("generations/batch/1/manifest.json")


@pytest.mark.parametrize("path", ["prompts", "elsewhere/a", "a"])
async def test_a_path_in_no_container_is_refused_with_those_there_are(store: AzureBlobStore, path: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        await store.put(path, b"x")
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "generations/, prompts/" in caught.value.full_text


async def test_a_watch_sees_what_another_process_writes(store: AzureBlobStore, storage: tuple[Azurite, Entra]) -> None:
    tokens = _tokens(storage[0])
    async with (
        contextlib.aclosing(tokens),
        contextlib.aclosing(_opened(storage[0], tokens)) as other,
        contextlib.aclosing(store.watch("prompts/batch/")) as infos,
    ):
        coming = asyncio.ensure_future(anext(infos))
        async with other.open_writer("prompts/batch/new.jsonl") as writer:
            await writer.write(b'{"prompt": "a"}\n')
        assert (await asyncio.wait_for(coming, 10)).path == "prompts/batch/new.jsonl"
    await store.delete("prompts/batch/new.jsonl")


async def test_a_link_reads_one_blob_for_a_time_and_does_nothing_else(
    store: AzureBlobStore, storage: tuple[Azurite, Entra]
) -> None:
    assert isinstance(store, BlobLinks)
    await store.put("generations/batch/1/ä b.jsonl", b"rows")
    await store.put("generations/batch/1/other", b"secret")
    link = await store.link("generations/batch/1/ä b.jsonl", lasts=_MINUTE, file_name="rows.jsonl")
    short = await store.link("generations/batch/1/other", lasts=timedelta(seconds=-1), file_name="x")
    url = httpx.URL(link)
    assert (url.scheme, url.params["sp"], url.params["spr"], url.params["skoid"]) == ("https", "r", "https", CLIENT)

    async with httpx.AsyncClient(verify=_trusting(storage[0])) as nobody:
        got = await nobody.get(link)
        assert (got.status_code, got.content) == (200, b"rows")
        assert got.headers["Content-Disposition"] == 'attachment; filename="rows.jsonl"'
        refused = [
            await nobody.put(link, content=b"x", headers={"x-ms-blob-type": "BlockBlob"}),
            await nobody.delete(link),
            await nobody.get(f"{link.partition('/batch/')[0]}/batch/1/other?{url.query.decode()}"),
            await nobody.get(short),
        ]
        assert [answer.status_code for answer in refused] == [403] * 4
    assert await store.get("generations/batch/1/ä b.jsonl") == b"rows"


async def test_a_large_answer_of_a_batch_is_fetched_from_the_account_by_its_own_tenant_alone(
    store: AzureBlobStore, storage: tuple[Azurite, Entra]
) -> None:
    platform = _platform_on(store, from_bytes=100)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    in_this_loop = httpx.ASGITransport(app=cast("Any", app))
    headers = as_reviewer("owner")
    async with httpx.AsyncClient(transport=in_this_loop, base_url="http://127.0.0.1:8000", headers=headers) as client:
        services = [asyncio.create_task(service) for service in (intake.run(), serve_batches(platform))]
        batch = (await client.post("/api/v1/batches", params={"name": "p.txt"}, content=b"One\nTwo\n")).json()["id"]
        output = f"/api/v1/batches/{batch}/output"
        async with asyncio.timeout(30):
            while (linked := await client.get(output, follow_redirects=False)).status_code == 409:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        other = await client.get(output, headers=as_reviewer("owner", tenant="globex"), follow_redirects=False)
        for service in services:
            service.cancel()
        await asyncio.gather(*services, return_exceptions=True)
    url = httpx.URL(linked.headers["location"])
    lasts = datetime.fromisoformat(url.params["se"]) - datetime.now(UTC)
    assert (linked.status_code, other.status_code) == (303, 404)
    assert url.path.endswith(f"/generations/batch/{batch}/generations.jsonl")
    assert (url.params["sp"], url.params["sr"], url.params["spr"]) == ("r", "b", "https")
    assert timedelta(0) < lasts <= timedelta(minutes=15)
    async with httpx.AsyncClient(verify=_trusting(storage[0])) as nobody:
        got = await nobody.get(url)
    assert got.headers["Content-Disposition"] == f'attachment; filename="{batch}-generations.jsonl"'
    assert [json.loads(line)["id"] for line in got.text.splitlines()] == ["1", "2"]


async def test_a_blob_can_be_put_into_a_colder_tier_and_read_there(
    store: AzureBlobStore, storage: tuple[Azurite, Entra]
) -> None:
    assert isinstance(store, BlobTiers)
    await store.put("generations/batch/old", b"x")
    await store.set_tier("generations/batch/old", BlobTier.COOL)
    link = await store.link("generations/batch/old", lasts=_MINUTE, file_name="x")
    async with BlobClient.from_blob_url(link, connection_verify=str(storage[0].certificates.authority)) as blob:
        assert (await blob.get_blob_properties()).blob_tier == "Cool"
    assert await store.get("generations/batch/old") == b"x"
    with pytest.raises(TextNLPError) as caught:
        await store.set_tier("generations/batch/none", BlobTier.COOL)
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_of_two_that_write_a_large_blob_at_once_one_wins_whole(store: AzureBlobStore) -> None:
    async def write(letter: bytes) -> None:
        async with store.open_writer("generations/large") as writer:
            for _ in range(5):
                await writer.write(letter * (5 << 20))
                await asyncio.sleep(0.02)

    outcomes = await asyncio.gather(write(b"a"), write(b"b"), return_exceptions=True)
    lost = [error for error in outcomes if error is not None]
    assert all(isinstance(error, TextNLPError) and error.kind is ErrorKind.CONFLICT for error in lost)
    assert await store.get("generations/large") in {letter * (25 << 20) for letter in (b"a", b"b")}
    await store.delete("generations/large")


async def test_a_missing_container_is_told_by_the_check(storage: tuple[Azurite, Entra]) -> None:
    tokens = _tokens(storage[0])
    async with contextlib.aclosing(tokens), contextlib.aclosing(_opened(storage[0], tokens, "models")) as opened:
        with pytest.raises(TextNLPError) as caught:
            await opened.check()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "models/" in caught.value.message


async def test_a_token_for_something_else_is_refused(storage: tuple[Azurite, Entra]) -> None:
    tokens = _ForAnotherService(_tokens(storage[0]))
    async with contextlib.aclosing(tokens), contextlib.aclosing(_opened(storage[0], tokens)) as opened:
        with pytest.raises(TextNLPError) as caught:
            await opened.put("prompts/a", b"x")
        with pytest.raises(TextNLPError) as moved:
            await opened.move("prompts/a", "prompts/b")
    assert caught.value.kind in {ErrorKind.FORBIDDEN, ErrorKind.UNAUTHENTICATED}
    assert moved.value.kind is caught.value.kind
    assert "Storage Blob Data Contributor" in caught.value.full_text


async def test_a_service_that_is_killed_in_the_middle_loses_nothing_that_it_acknowledged(
    store: AzureBlobStore, storage: tuple[Azurite, Entra]
) -> None:
    azurite, _ = storage
    acknowledged: dict[str, str] = {}
    numbers = itertools.count()
    is_over = asyncio.Event()

    async def write() -> None:
        while not is_over.is_set():
            path = f"generations/restart/{next(numbers)}"
            try:
                acknowledged[path] = (await store.put(path, path.encode() * 50)).etag
            except TextNLPError as error:
                assert error.kind is ErrorKind.UNAVAILABLE  # noqa: PT017  any other kind would be a wrong answer

    async with asyncio.TaskGroup() as writers:
        for _ in range(8):
            writers.create_task(write())
        await _grows(acknowledged, by=100)
        await azurite.kill()
        before = len(acknowledged)
        await azurite.start()
        await _grows(acknowledged, by=100)
        is_over.set()

    assert before >= 100
    there = {info.path: info.etag async for info in store.entries("generations/restart/")}
    assert {path: there.get(path) for path in acknowledged} == acknowledged
    for path in list(acknowledged)[before - 20 : before]:
        assert await store.get(path) == path.encode() * 50


async def test_a_large_blob_whose_writer_meets_a_killed_service_is_there_whole_or_not_at_all(
    store: AzureBlobStore, storage: tuple[Azurite, Entra]
) -> None:
    azurite, _ = storage
    path, block = "generations/cut", 5 << 20
    await store.put(path, b"as it was")

    async def write(letter: bytes, *, then: Callable[[], Awaitable[None]] | None = None) -> None:
        async with store.open_writer(path) as writer:
            for number in range(4):
                await writer.write(letter * block)
                if number == 1 and then is not None:
                    await then()

    with pytest.raises(TextNLPError) as caught:
        await write(b"a", then=azurite.kill)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    await azurite.start()
    assert await store.get(path) == b"as it was"
    await write(b"b")
    assert await store.get(path) == b"b" * (4 * block)
    await store.delete(path)


@dataclass(frozen=True, slots=True)
class _ForAnotherService:
    tokens: AccessTokens

    async def token(self, scope: str) -> AccessToken:
        assert scope == STORAGE
        return await self.tokens.token(KEY_VAULT)

    async def aclose(self) -> None:
        await self.tokens.aclose()


async def _grows(found: dict[str, str], *, by: int) -> None:
    wanted = len(found) + by
    async with asyncio.timeout(60):
        while len(found) < wanted:  # noqa: ASYNC110  what grows is a plain dict
            await asyncio.sleep(0.01)

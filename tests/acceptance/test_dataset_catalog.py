"""The catalog of a running platform: two versions are tagged, rolled back, searched and deleted, and it is all told."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import CommandLine, Finished
from tests.acceptance.served_platform import ServedPlatform, serve_platform
from textnlp.bootstrap.platform import Platform
from textnlp.client import AsyncClient
from textnlp.client.dataset_catalog import (
    DatasetFactsChange,
    DatasetRollback,
    DatasetTagSet,
)
from textnlp.client.datasets_models import (
    DatasetCreate,
    DatasetExtend,
    DatasetRead,
)
from textnlp.domain.datasets.layout import TOMBSTONE
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.workers.retention_service import serve_retention

pytestmark = [pytest.mark.postgres]

RECIPE: dict[str, Any] = {
    "name": "slogans",
    "columns": {
        "product": {"kind": "category", "values": ["kettle", "lamp", "chair"]},
        "number": {"kind": "uniform", "low": 0, "high": 1_000_000, "decimals": 0},
        "slogan": {"kind": "text", "prompt": "Write a slogan for {{ product }} number {{ number }}."},
    },
    "accept": {"rows": 12},
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """A platform that runs, a client of it, and its folder."""

    platform: Platform
    served: ServedPlatform
    client: AsyncClient
    folder: Path


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncGenerator[Place]:
    async with (
        serve_platform(database_url, tmp_path / "data") as (platform, served),
        AsyncClient(served.url, token=served.api_key, retries=0) as client,
    ):
        yield Place(platform=platform, served=served, client=client, folder=tmp_path / "data")


async def ended(client: AsyncClient, dataset_id: str) -> DatasetRead:
    async with asyncio.timeout(60):
        while True:
            found = await client.datasets.show(dataset_id)
            if found.state == "completed":
                return found
            await asyncio.sleep(0.1)


async def with_two_versions(client: AsyncClient) -> str:
    made = await client.datasets.submit(DatasetCreate(recipe=RECIPE))
    await ended(client, made.id)
    await client.datasets.extend(made.id, DatasetExtend(rows=6))
    assert [version.rows for version in (await ended(client, made.id)).versions] == [12, 18]
    return made.id


async def test_two_versions_are_tagged_rolled_back_searched_and_one_is_deleted(place: Place) -> None:
    datasets, said = place.client.datasets, place.client.dataset_catalog
    name = await with_two_versions(place.client)

    tagged = await said.tag_version(name, "gold", DatasetTagSet(version=2))
    assert (tagged.current, tagged.tags) == (2, {"gold": 2})
    facts = DatasetFactsChange(license="cc-by-4.0", description="Slogans for a house.")
    assert (await said.change_facts(name, facts)).license == "CC-BY-4.0"
    back = await said.roll_back(name, DatasetRollback(why="Version 2 repeats itself."))
    assert (back.current, back.tags) == (1, {"gold": 2, "current": 1})

    for page in (
        await datasets.list(tag="gold"),
        await datasets.list(license_="CC-BY-4.0"),
        await datasets.list(text="HOUSE"),
        await datasets.list(text="slogan"),
    ):
        assert [each.id for each in page.datasets] == [name]
    assert (await datasets.list(tag="gold", text="nothing like it")).datasets == []

    found = await datasets.find_rows(name, search="KETTLE", where="number >= 0", column=["product"], limit=500)
    rows = (await datasets.list_rows(name, "1", limit=500)).rows
    assert found.version == 1
    assert [each.row for each in found.rows] == [
        {"product": row["product"]} for row in rows if "kettle" in f"{row['product']} {row['slogan']}".lower()
    ]
    assert len((await datasets.find_rows(name, version="gold", limit=500)).rows) == 18
    lineage = await said.show_lineage(name, "gold")
    assert (lineage.parent, lineage.seed, [each.model for each in lineage.models]) == (1, 0, ["scripted"])

    with pytest.raises(TextNLPError, match="it has the tag gold") as caught:
        await datasets.delete_version(name, "2", why="Names slipped in.")
    assert caught.value.kind is ErrorKind.CONFLICT
    stone = await datasets.delete_version(name, "2", why="Names slipped in.", force=True)
    assert (stone.rows, stone.was_forced, stone.erased_at is not None) == (18, True, True)

    for read in (
        datasets.show_version(name, "2"),
        datasets.list_rows(name, "2"),
        datasets.find_rows(name, version="2"),
        datasets.delete_version(name, "2", why="Again."),
    ):
        with pytest.raises(TextNLPError, match=r"Version 2 was deleted by .*: Names slipped in") as caught:
            await read
        assert (caught.value.kind, caught.value.facts.status_code) == (ErrorKind.GONE, 410)
    assert [file.name for file in (place.folder / "datasets" / name / "v2").iterdir()] == [TOMBSTONE]
    versions = (await datasets.list_versions(name)).versions
    assert [(each.number, each.is_current, each.deleted is not None) for each in versions] == [
        (1, True, False),
        (2, False, True),
    ]
    events = (await said.list_events(name)).events
    assert [each.kind for each in events] == ["tagged", "facts_changed", "rolled_back", "untagged", "deleted"]
    assert {each.by for each in events} == {stone.by}

    await datasets.extend(name, DatasetExtend(rows=2))
    assert [each.number for each in (await ended(place.client, name)).versions] == [1, 2, 3]


async def test_versions_go_when_their_time_is_over_and_not_before(place: Place) -> None:
    datasets, said = place.client.datasets, place.client.dataset_catalog
    name = await with_two_versions(place.client)
    await said.tag_version(name, "gold", DatasetTagSet(version=1))
    later = datetime.now(UTC) + timedelta(days=1)
    await said.change_facts(name, DatasetFactsChange(keep_until=later))
    with pytest.raises(TextNLPError, match="it is kept until"):
        await datasets.delete_version(name, "2", why="Old.")

    sweeping = asyncio.create_task(serve_retention(place.platform))
    await asyncio.sleep(0.3)
    assert [each.deleted for each in (await datasets.list_versions(name)).versions] == [None, None]
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)

    await said.change_facts(name, DatasetFactsChange(keep_days=0))
    sweeping = asyncio.create_task(serve_retention(place.platform))
    async with asyncio.timeout(30):
        while True:
            stone = (await datasets.list_versions(name)).versions[1].deleted
            if stone is not None and stone.erased_at is not None:
                break
            await asyncio.sleep(0.05)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)

    versions = (await datasets.list_versions(name)).versions
    assert [each.deleted.by if each.deleted else None for each in versions] == [None, "retention"]
    assert not (place.folder / "datasets" / name / "v2" / "data").exists()


async def test_the_commands_reach_a_platform(place: Place) -> None:
    made = await place.client.datasets.submit(DatasetCreate(recipe=RECIPE))
    await ended(place.client, made.id)
    command_line = CommandLine(place.folder)

    async def ran(*words: str) -> Finished:
        return await command_line.run("dataset", *words, "--server", place.served.url)

    assert (await ran("tag", made.id, "gold", "--version", "1", "--json")).json()["tags"] == {"gold": 1}
    found = await ran("show", made.id, "--where", "product == 'lamp'", "--rows", "2", "--json")
    assert {each["row"]["product"] for each in found.json()["rows"]} <= {"lamp"}
    refused = await ran("delete", made.id, "--version", "1", "--why", "Old.")
    assert (refused.exit_code, "it has the tag gold" in refused.stderr) == (1, True)
    assert (await ran("delete", made.id, "--version", "1", "--why", "Old.", "--force")).exit_code == 0
    assert "deleted by" in (await ran("list", made.id)).stdout

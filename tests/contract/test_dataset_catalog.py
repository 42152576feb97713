import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textnlp.adapters.database.dataset_catalog import PostgresDatasetCatalog
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.dataset_files.catalog_file import FileDatasetCatalog
from textnlp.domain.catalog.model import (
    Act,
    CatalogEntry,
    CatalogEvent,
    CatalogFacts,
    Change,
    EventKind,
    Tombstone,
)
from textnlp.domain.catalog.rules import change_facts, remove_tag, set_tag
from textnlp.domain.datasets.model import DatasetCounts
from textnlp.ports.dataset_catalog import DatasetCatalog

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ACT = Act(by="ann", at=NOON, why="They were read.")


@pytest.fixture(params=["memory", "file", pytest.param("postgres", marks=pytest.mark.postgres)])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> DatasetCatalog:
    if request.param == "memory":
        return MemoryDatasetCatalog()
    if request.param == "file":
        return FileDatasetCatalog(tmp_path)
    return PostgresDatasetCatalog(request.getfixturevalue("database"))


def empty(dataset_id: str = "reviews", *, tenant: str = "a") -> CatalogEntry:
    return CatalogEntry(dataset_id=dataset_id, tenant=tenant)


def tagged(entry: CatalogEntry, tag: str, version: int) -> Change:
    return set_tag(entry, [1, 2, 3], tag=tag, version=version, act=ACT, is_moved=True)


async def stored(catalog: DatasetCatalog, change: Change) -> CatalogEntry:
    assert await catalog.save(change, was=change.entry.revision)
    return (await catalog.entries([change.entry.dataset_id]))[change.entry.dataset_id]


async def test_nothing_is_said_before_something_is_saved(catalog: DatasetCatalog) -> None:
    assert await catalog.entries(["reviews", "run_nothing\0", "../x", ""]) == {}
    assert list(await catalog.events("reviews")) == []
    assert list(await catalog.swept()) == []


async def test_an_entry_is_returned_as_it_was_saved(catalog: DatasetCatalog) -> None:
    entry = await stored(catalog, tagged(empty(), "gold", 2))
    change = change_facts(
        entry, {"description": "Kettles, “praised”.", "license": "mit", "keep_until": NOON, "hold": "audit"}, act=ACT
    )
    stone = Tombstone(
        version=1, manifest_sha256="ab", counts=DatasetCounts(candidates=3, accepted=2), by="b", at=NOON, why="Old."
    )
    wanted = dataclasses.replace(change.entry, tombstones=(stone,))

    found = await stored(catalog, dataclasses.replace(change, entry=wanted))

    assert found == dataclasses.replace(wanted, revision=2)
    assert found.facts == CatalogFacts(description="Kettles, “praised”.", license="MIT", keep_until=NOON, hold="audit")


async def test_events_are_kept_in_their_order_and_paged(catalog: DatasetCatalog) -> None:
    entry = await stored(catalog, tagged(empty(), "gold", 1))
    entry = await stored(catalog, tagged(entry, "gold", 2))
    await stored(catalog, remove_tag(entry, tag="gold", act=ACT))

    events = await catalog.events("reviews")

    assert [event.kind for event in events] == [EventKind.TAGGED, EventKind.TAGGED, EventKind.UNTAGGED]
    assert events[1] == CatalogEvent(
        position=2, kind=EventKind.TAGGED, by="ann", at=NOON, why="They were read.", tag="gold", version=2, previous=1
    )
    assert [event.position for event in await catalog.events("reviews", after=1, limit=1)] == [2]


async def test_of_two_who_change_an_entry_only_the_first_does(catalog: DatasetCatalog) -> None:
    assert await catalog.save(tagged(empty(), "gold", 1), was=0)
    assert not await catalog.save(tagged(empty(), "gold", 2), was=0)
    entry = (await catalog.entries(["reviews"]))["reviews"]
    assert await catalog.save(tagged(entry, "gold", 2), was=1)
    assert not await catalog.save(tagged(entry, "gold", 3), was=1)

    entry = (await catalog.entries(["reviews"]))["reviews"]
    assert (entry.tags, entry.revision, len(await catalog.events("reviews"))) == ({"gold": 2}, 2, 2)
    assert not await catalog.save(tagged(empty("others"), "gold", 3), was=4)
    assert await catalog.entries(["others"]) == {}


async def test_entries_that_time_may_change_are_listed_by_id(catalog: DatasetCatalog) -> None:
    await stored(catalog, tagged(empty("c"), "gold", 1))
    for name in ("b", "d", "a"):
        await stored(catalog, change_facts(empty(name), {"keep_days": 3}, act=ACT))
    stone = Tombstone(version=1, manifest_sha256="", counts=DatasetCounts(), by="b", at=NOON, why="Old.")
    erasing = dataclasses.replace(empty("e"), tombstones=(stone,))
    entry = await stored(catalog, Change(entry=erasing))

    assert [each.dataset_id for each in await catalog.swept()] == ["a", "b", "d", "e"]
    assert [each.dataset_id for each in await catalog.swept(after="a", limit=1)] == ["b"]
    erased = dataclasses.replace(entry, tombstones=(dataclasses.replace(stone, erased_at=NOON),))
    await stored(catalog, Change(entry=erased))
    assert [each.dataset_id for each in await catalog.swept(after="b")] == ["d"]


async def test_a_tenant_sees_and_changes_only_its_own(catalog: DatasetCatalog) -> None:
    await stored(catalog, tagged(empty("mine"), "gold", 1))
    others = await stored(catalog, change_facts(empty("theirs", tenant="b"), {"keep_days": 3}, act=ACT))
    seen = catalog.for_tenant("a")

    assert list(await seen.entries(["mine", "theirs"])) == ["mine"]
    assert list(await seen.events("theirs")) == []
    assert list(await seen.swept()) == []
    assert not await seen.save(tagged(others, "gold", 2), was=1)
    assert not await seen.save(tagged(empty("theirs"), "gold", 2), was=0)
    assert not await seen.save(tagged(empty("new", tenant="b"), "gold", 2), was=0)
    assert (await catalog.entries(["theirs"]))["theirs"] == others
    await stored(seen, tagged((await seen.entries(["mine"]))["mine"], "gold", 3))

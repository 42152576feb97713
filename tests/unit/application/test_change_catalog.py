import dataclasses
from datetime import datetime
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.datasets import rows_of, written
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.dataset_files.tombstone_file import erase_version, read_manifest
from textnlp.application.change_catalog import (
    CatalogedDataset,
    CatalogPorts,
    change_dataset_facts,
    delete_version,
    find_entry,
    roll_back_dataset,
    tag_version,
    untag_version,
)
from textnlp.application.sweep_datasets import RETENTION, sweep_dataset, sweep_datasets
from textnlp.domain.catalog.model import Act, CatalogEntry, Change, Tombstone
from textnlp.domain.datasets.stored_run import RunVersion
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found

CLOCK = ManualClock()


class BusyCatalog(MemoryDatasetCatalog):
    """Somebody else is always a little faster, `rivals` times."""

    def __init__(self, rivals: int) -> None:
        super().__init__()
        self.rivals = rivals

    async def save(self, change: Change, *, was: int) -> bool:
        if self.rivals:
            self.rivals -= 1
            nothing = CatalogEntry(dataset_id=change.entry.dataset_id, tenant=change.entry.tenant)
            entry = (await self.entries([nothing.dataset_id])).get(nothing.dataset_id, nothing)
            rival = Change(entry=dataclasses.replace(entry, tags={**entry.tags, f"rival-{self.rivals}": 1}))
            await super().save(rival, was=was)
        return await super().save(change, was=was)


def ports(catalog: MemoryDatasetCatalog | None = None) -> CatalogPorts:
    return CatalogPorts(
        catalog=catalog or MemoryDatasetCatalog(), clock=CLOCK, read_manifest=read_manifest, erase=erase_version
    )


def act(why: str | None = "It is so.") -> Act:
    return Act(by="ann", at=CLOCK.now(), why=why)


@pytest.fixture
async def dataset(tmp_path: Path) -> CatalogedDataset:
    versions: list[RunVersion] = []
    for number in (1, 2):
        await written(tmp_path / "kettles" / f"v{number}", rows_of(14), version=number)
        versions.append(RunVersion(number=number, rows=8, written_at=CLOCK.now()))
    return CatalogedDataset(id="kettles", tenant="a", versions=tuple(versions), folder=tmp_path / "kettles")


async def test_tags_facts_and_the_way_back_are_kept(dataset: CatalogedDataset) -> None:
    held = ports()
    await tag_version(held, dataset, tag="gold", version=2, act=act(), is_moved=False)
    await change_dataset_facts(held, dataset, {"license": "mit"}, act=act(None))
    await roll_back_dataset(held, dataset, to=None, act=act())
    await untag_version(held, dataset, tag="gold", act=act(None))

    entry = await find_entry(held, dataset)
    assert (entry.tags, entry.facts.license, entry.revision) == ({"current": 1}, "MIT", 4)
    assert [event.position for event in await held.catalog.events("kettles")] == [1, 2, 3, 4]


async def test_whoever_was_second_decides_anew_and_loses_nothing(dataset: CatalogedDataset) -> None:
    catalog = BusyCatalog(3)
    entry = await tag_version(ports(catalog), dataset, tag="gold", version=2, act=act(), is_moved=False)
    assert entry.tags == {"gold": 2, "rival-0": 1, "rival-1": 1, "rival-2": 1}

    catalog.rivals = 100
    with pytest.raises(TextNLPError, match="changed by others") as caught:
        await tag_version(ports(catalog), dataset, tag="silver", version=2, act=act(), is_moved=False)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_a_deleted_version_leaves_what_it_held(dataset: CatalogedDataset) -> None:
    held = ports()
    stone = await delete_version(held, dataset, version=2, act=act())
    assert (stone.counts.accepted, stone.by, stone.why, len(stone.manifest_sha256)) == (8, "ann", "It is so.", 64)
    assert stone.erased_at is not None
    assert [path.name for path in dataset.place(2).iterdir()] == ["tombstone.json"]
    with pytest.raises(TextNLPError) as caught:
        await delete_version(held, dataset, version=2, act=act())
    assert caught.value.kind is ErrorKind.GONE


async def test_a_protected_version_keeps_its_files(dataset: CatalogedDataset) -> None:
    held = ports()
    await tag_version(held, dataset, tag="gold", version=2, act=act(), is_moved=False)
    with pytest.raises(TextNLPError, match="the tag gold"):
        await delete_version(held, dataset, version=2, act=act())
    assert dataset.place(2).joinpath("data").exists()
    await delete_version(held, dataset, version=2, act=act(), is_forced=True)
    assert (await find_entry(held, dataset)).tags == {}


async def test_a_deletion_that_was_cut_short_is_completed(dataset: CatalogedDataset) -> None:
    def fail(folder: Path, stone: Tombstone) -> None:
        raise TextNLPError(f"{folder} is away: {stone.version}.", kind=ErrorKind.UNAVAILABLE)

    held = ports()
    with pytest.raises(TextNLPError, match="is away"):
        await delete_version(dataclasses.replace(held, erase=fail), dataset, version=2, act=act())
    assert dataset.place(2).joinpath("data").exists()
    assert (await find_entry(held, dataset)).is_swept

    stone = await delete_version(held, dataset, version=2, act=act("Another reason."))
    assert (stone.why, stone.erased_at is not None) == ("It is so.", True)
    assert not dataset.place(2).joinpath("data").exists()


async def test_the_sweep_deletes_what_is_due_and_completes_what_was_begun(dataset: CatalogedDataset) -> None:
    held = ports()
    await tag_version(held, dataset, tag="gold", version=1, act=act(), is_moved=False)
    await change_dataset_facts(held, dataset, {"keep_days": 2}, act=act())
    assert await sweep_dataset(held, dataset) == []
    await CLOCK.advance(2 * 86_400)

    assert await sweep_dataset(held, dataset) == [2]

    stone = (await find_entry(held, dataset)).tombstones[0]
    assert (stone.by, stone.why.startswith("It was to be kept until ")) == (RETENTION, True)
    assert await sweep_dataset(held, dataset) == []


async def test_one_dataset_that_cannot_be_swept_stops_no_other(
    dataset: CatalogedDataset, caplog: pytest.LogCaptureFixture
) -> None:
    held = ports()
    for name in ("away", "bad", "kettles"):
        await change_dataset_facts(held, dataclasses.replace(dataset, id=name), {"keep_days": 0}, act=act())

    async def find(entry: CatalogEntry) -> CatalogedDataset:
        if entry.dataset_id == "away":
            raise not_found("There is no such dataset.")
        if entry.dataset_id == "bad":
            raise TextNLPError("The disk is away.", kind=ErrorKind.UNAVAILABLE)
        return dataset

    assert await sweep_datasets(held, find=find) == 2
    assert [record.message for record in caplog.records] == ["bad could not be swept: The disk is away."]
    assert isinstance((await find_entry(held, dataset)).tombstones[0].erased_at, datetime)

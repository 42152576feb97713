import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.datasets import KEY, facts_of, pages_of, row_of
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.dataset_files.person_search import names_person
from textnlp.adapters.dataset_files.reader import read_recipe, read_rows, read_version
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.adapters.reports.quality_page import render_report
from textnlp.application.change_catalog import (
    CatalogedDataset,
    CatalogPorts,
    change_dataset_facts,
    find_entry,
    tag_version,
)
from textnlp.application.erasure.erase_datasets import REPLACES, DatasetErasurePorts, ErasableDatasets
from textnlp.bootstrap.catalog_wiring import catalog_ports
from textnlp.domain.catalog.model import Act
from textnlp.domain.datasets.model import RowFate
from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.erasure.terms import read_terms
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import RunId
from textnlp.domain.recipes.output import Output
from textnlp.ports.erasable_place import Found

TERMS = read_terms(["Ann Smith"])
WRITTEN = datetime(2026, 1, 2, tzinfo=UTC)
RUN = RunId("run_1")
ACT = Act(by="x", at=WRITTEN, why="why")


class LostOnce(MemoryDatasetStore):
    """Fails when it is to keep a change for the first time."""

    is_lost = False

    async def save(self, run: StoredRun, *, was: RunState) -> bool:
        if self.is_lost:
            self.is_lost = False
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)
        return await super().save(run, was=was)


class World:
    def __init__(self, root: Path) -> None:
        self.store = LostOnce()
        self.catalog: CatalogPorts = dataclasses.replace(catalog_ports(MemoryDatasetCatalog()), clock=ManualClock())
        self.root = root
        self.ports = DatasetErasurePorts(
            store=self.store,
            catalog=self.catalog,
            files=LocalDatasetFiles(KEY, page_of=render_report),
            names_person=names_person,
            read_version=read_version,
            read_recipe=read_recipe,
            read_rows=read_rows,
            root=root,
        )

    async def make(self, state: RunState = RunState.COMPLETED) -> StoredRun:
        fates = (RowFate.ACCEPTED, RowFate.ACCEPTED, RowFate.REJECTED, RowFate.ACCEPTED)
        answers = ("To Ann Smith", "To nobody", "ann  smith", "Fine")
        pairs = enumerate(zip(fates, answers, strict=True))
        rows = [row_of(n, {"stars": 3, "question": "?", "answer": told}, fate=fate) for n, (fate, told) in pairs]
        await self.ports.files.write(
            self.root / RUN / "v1", facts=facts_of(rows), output=Output.model_validate({}), rows=pages_of(rows)
        )
        run = StoredRun(
            id=RUN,
            name="n",
            tenant="t",
            caller="c",
            model="m",
            endpoint="e",
            rows=3,
            recipe_path="r",
            created_at=WRITTEN,
            state=state,
            versions=(RunVersion(number=1, rows=3, written_at=WRITTEN),),
        )
        await self.store.create(run)
        return run

    async def erase(self, *, is_rehearsal: bool = False) -> Found:
        return await ErasableDatasets(self.ports).go_through(TERMS, is_rehearsal=is_rehearsal)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def dataset_of(world: World, run: StoredRun) -> CatalogedDataset:
    return CatalogedDataset(id=run.id, tenant=run.tenant, versions=run.versions, folder=world.root / run.id)


async def test_a_version_without_the_rows_takes_the_place_of_the_old_one_with_its_tags_and_its_day(
    world: World,
) -> None:
    run = await world.make()
    await tag_version(world.catalog, dataset_of(world, run), tag="gold", version=1, act=ACT, is_moved=False)
    assert (await world.erase(is_rehearsal=True)).counts == {"dataset versions": 1}
    assert [path.name for path in (world.root / RUN).iterdir()] == ["v1"]
    assert (await world.erase()).counts == {"dataset versions": 1}
    changed = await world.store.get(RUN)
    assert changed.versions[1] == RunVersion(number=2, rows=2, written_at=WRITTEN)
    entry = await find_entry(world.catalog, dataset_of(world, changed))
    assert entry.tags == {"gold": 2}
    assert [(stone.version, stone.by) for stone in entry.tombstones] == [(1, "erasure")]
    assert [path.name for path in (world.root / RUN / "v1").iterdir()] == ["tombstone.json"]
    version = read_version(world.root / RUN / "v2")
    assert (version.counts.accepted, version.counts.rejected, version.extra[REPLACES]) == (2, 0, 1)
    assert not verify_version(world.root / RUN / "v2")
    answers = [row.values["answer"] for page in read_rows(world.root / RUN / "v2") for row in page]
    assert answers == ["To nobody", "Fine"]
    assert not names_person(world.root, TERMS)
    assert not (await world.erase()).counts


async def test_an_erasure_that_was_cut_short_goes_on_with_the_version_that_it_wrote(world: World) -> None:
    await world.make()
    world.store.is_lost = True
    with pytest.raises(TextNLPError):
        await world.erase()
    assert (world.root / RUN / "v2").is_dir()
    await world.erase()
    assert [each.number for each in (await world.store.get(RUN)).versions] == [1, 2]
    assert not (world.root / RUN / "v3").exists()
    assert not names_person(world.root, TERMS)


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.PAUSED])
async def test_a_dataset_that_is_being_made_is_left_and_named(world: World, state: RunState) -> None:
    await world.make(state)
    found = await world.erase()
    assert (found.counts, len(found.withheld)) == ({}, 1)
    assert state.value in found.withheld[0]


async def test_a_dataset_on_hold_is_left_and_named_with_the_reason(world: World) -> None:
    run = await world.make()
    await change_dataset_facts(world.catalog, dataset_of(world, run), {"hold": "A court asked for it."}, act=ACT)
    assert "A court asked for it." in (await world.erase()).withheld[0]
    assert (world.root / RUN / "v1" / "manifest.json").is_file()

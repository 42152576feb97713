import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.application import list_catalog as listing
from textnlp.application.list_catalog import CatalogFilter, list_catalog
from textnlp.domain.catalog.model import CatalogEntry, CatalogFacts, Change
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.identifiers import RunId, new_run_id

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def filled(count: int) -> tuple[MemoryDatasetStore, MemoryDatasetCatalog, list[RunId]]:
    """Runs, of which every third is tagged, licensed and described; the newest one first."""
    store, catalog = MemoryDatasetStore(), MemoryDatasetCatalog()
    runs: list[StoredRun] = []
    for place in range(count):
        made_at = NOON + timedelta(hours=place)
        run = StoredRun(
            id=new_run_id(made_at),
            name="Lamps" if place == 1 else "kettles",
            tenant="a",
            caller="ann",
            model="m",
            endpoint="e",
            rows=1,
            recipe_path="p",
            created_at=made_at,
        )
        runs.append(run)
        await store.create(run)
        if place % 3 == 0:
            facts = CatalogFacts(license="MIT", description="Praise of Kettles")
            entry = CatalogEntry(dataset_id=run.id, tenant="a", tags={"gold": 1}, facts=facts)
            await catalog.save(Change(entry=entry), was=0)
    return store, catalog, [run.id for run in reversed(runs)]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (CatalogFilter(), [0, 1, 2, 3, 4, 5, 6]),
        (CatalogFilter(tag="gold"), [0, 3, 6]),
        (CatalogFilter(tag="silver"), []),
        (CatalogFilter(license="mit"), [0, 3, 6]),
        (CatalogFilter(text="LAMPS"), [5]),
        (CatalogFilter(text="praise", tag="gold"), [0, 3, 6]),
        (CatalogFilter(text="lamps", license="MIT"), []),
    ],
)
async def test_those_that_are_wanted_are_listed_page_by_page(
    monkeypatch: pytest.MonkeyPatch, wanted: CatalogFilter, places: list[int]
) -> None:
    monkeypatch.setattr(listing, "_PAGE", 2)
    store, catalog, ids = await filled(7)
    found: list[RunId] = []
    before: RunId | None = None
    for _ in range(10):
        runs, before = await list_catalog(store, catalog, wanted, before=before, limit=2)
        found += [run.id for run in runs]
        if before is None:
            break
    assert found == [ids[place] for place in places]


async def test_one_call_looks_at_so_many_and_says_where_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_PAGE", 1)
    monkeypatch.setattr(listing, "_MOST_LOOKED_AT", 2)
    store, catalog, ids = await filled(7)
    runs, before = await list_catalog(store, catalog, CatalogFilter(text="lamps"), before=None, limit=5)
    assert (list(runs), before) == ([], ids[1])


def test_a_filter_that_wants_nothing_in_particular_is_open() -> None:
    assert CatalogFilter().is_open
    for name in ("tag", "license", "text"):
        assert not dataclasses.replace(CatalogFilter(), **{name: "x"}).is_open

"""The catalog of a dataset's folder, answered for as a running platform answers for its own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from textnlp.application import change_catalog
from textnlp.application.sweep_datasets import sweep_dataset
from textnlp.bootstrap import catalog_wiring, dataset_wiring
from textnlp.client.dataset_catalog import (
    DatasetEventPage,
    DatasetEventRead,
    DatasetFactsChange,
    DatasetFactsRead,
    DatasetRollback,
    DatasetTagSet,
    LineageRead,
)
from textnlp.client.datasets_models import (
    CatalogVersionPage,
    FoundRowPage,
    FoundRowRead,
    TombstoneRead,
)
from textnlp.domain.catalog.facts import dataset_facts, event_facts, tombstone_facts, version_facts
from textnlp.domain.catalog.model import FACT_NAMES, CatalogEntry
from textnlp.domain.catalog.refusals import no_such_version
from textnlp.domain.datasets.row_query import RowQuery
from textnlp.domain.datasets.stored_run import RunVersion

_ROWS = 50


class LocalCatalog:
    """Does for the dataset in a folder what the operations around datasets do for one of a platform."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ports, self._dataset = catalog_wiring.open_catalog(directory)

    async def show_facts(self, _: str) -> DatasetFactsRead:
        """Show what is said of the dataset."""
        return self._facts(await self._entry())

    async def change_facts(self, _: str, body: DatasetFactsChange) -> DatasetFactsRead:
        """Change some facts."""
        given: dict[str, Any] = {name: getattr(body, name) for name in FACT_NAMES}
        given = {name: value for name, value in given.items() if value is not None}
        given |= dict.fromkeys(body.clear or ())
        act = catalog_wiring.act_here(why=body.why)
        return self._facts(await change_catalog.change_dataset_facts(self._ports, self._dataset, given, act=act))

    async def tag_version(self, _: str, tag: str, body: DatasetTagSet) -> DatasetFactsRead:
        """Let a tag name a version."""
        act = catalog_wiring.act_here(why=body.why)
        entry = await change_catalog.tag_version(
            self._ports, self._dataset, tag=tag, version=body.version, act=act, is_moved=bool(body.move)
        )
        return self._facts(entry)

    async def remove_tag(self, _: str, tag: str, *, why: str | None = None) -> DatasetFactsRead:
        """Remove a tag."""
        act = catalog_wiring.act_here(why=why)
        return self._facts(await change_catalog.untag_version(self._ports, self._dataset, tag=tag, act=act))

    async def roll_back(self, _: str, body: DatasetRollback) -> DatasetFactsRead:
        """Let an earlier version be the current one."""
        act = catalog_wiring.act_here(why=body.why)
        entry = await change_catalog.roll_back_dataset(self._ports, self._dataset, to=body.version, act=act)
        return self._facts(entry)

    async def delete_version(self, _: str, version: str, *, why: str, force: bool | None = None) -> TombstoneRead:
        """Remove the files of a version, and leave a tombstone."""
        numbers = {each.number for each in await self._versions()}
        if not version.isdigit() or int(version) not in numbers:
            raise no_such_version(version, sorted(numbers))
        stone = await change_catalog.delete_version(
            self._ports,
            self._dataset,
            version=int(version),
            act=catalog_wiring.act_here(why=why),
            is_forced=bool(force),
        )
        return msgspec.convert(tombstone_facts(stone), TombstoneRead)

    async def list_events(self, _: str, *, after: int | None = None, limit: int | None = None) -> DatasetEventPage:
        """List what was done, the oldest first."""
        limit = limit or _ROWS
        events = await self._ports.catalog.events(self._dataset.id, after=after or 0, limit=limit)
        return DatasetEventPage(
            events=msgspec.convert([event_facts(event) for event in events], list[DatasetEventRead]),
            next_after=events[-1].position if len(events) == limit else None,
        )

    async def list_versions(self, _: str) -> CatalogVersionPage:
        """List all versions, deleted ones too."""
        told = version_facts(await self._entry(), await self._versions())
        return msgspec.convert({"versions": told}, CatalogVersionPage)

    async def show_lineage(self, _: str, version: str) -> LineageRead:
        """Show where a version is from."""
        folder = dataset_wiring.find_version(self._directory, version=version)
        lineage = await asyncio.to_thread(catalog_wiring.read_lineage, folder)
        return msgspec.convert(msgspec.to_builtins(lineage), LineageRead)

    async def find_rows(
        self,
        _: str,
        *,
        search: str | None = None,
        where: str | None = None,
        column: Sequence[str] | None = None,
        version: str | None = None,
        split: str | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> FoundRowPage:
        """List rows that hold a text or meet a condition."""
        folder = dataset_wiring.find_version(self._directory, version=version)
        query = RowQuery(
            search=search,
            where=where,
            columns=tuple(column or ()),
            split=split,
            after=after or 0,
            limit=limit or _ROWS,
        )
        found = await asyncio.to_thread(dataset_wiring.find_rows, folder, query)
        return FoundRowPage(
            version=dataset_wiring.read_version(folder).version,
            rows=[FoundRowRead(split=row.split, row=row.values) for row in found.rows],
            next_after=found.next_after,
        )

    async def sweep(self) -> list[int]:
        """Delete the versions whose time is over, and return their numbers."""
        return await sweep_dataset(self._ports, self._dataset)

    async def _entry(self) -> CatalogEntry:
        return await change_catalog.find_entry(self._ports, self._dataset)

    async def _versions(self) -> list[RunVersion]:
        """Return the versions in the folder, and those of which only a tombstone is left."""
        entry = await self._entry()
        buried = [
            RunVersion(number=stone.version, rows=stone.counts.accepted, written_at=stone.at)
            for stone in entry.tombstones
        ]
        there = [version for version in self._dataset.versions if entry.tombstone(version.number) is None]
        return sorted((*there, *buried), key=lambda version: version.number)

    def _facts(self, entry: CatalogEntry) -> DatasetFactsRead:
        told = {**dataset_facts(entry, self._dataset.versions), "id": str(self._dataset.folder)}
        return msgspec.convert(told, DatasetFactsRead)

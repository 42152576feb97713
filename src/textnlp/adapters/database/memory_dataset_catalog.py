"""What is said of datasets, in memory, gone with the process."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence

from textnlp.domain.catalog.model import CatalogEntry, CatalogEvent, Change

_Kept = dict[str, tuple[CatalogEntry, tuple[CatalogEvent, ...]]]


class MemoryDatasetCatalog:
    """Satisfies the `DatasetCatalog` port; every method runs to its end without letting another in."""

    def __init__(self, kept: _Kept | None = None, *, tenant: str | None = None) -> None:
        self._kept: _Kept = {} if kept is None else kept
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryDatasetCatalog":
        """Return the catalog as one tenant sees it."""
        return MemoryDatasetCatalog(self._kept, tenant=tenant)

    async def entries(self, dataset_ids: Collection[str]) -> Mapping[str, CatalogEntry]:
        """Return the entries that there are of these datasets."""
        return {id_: self._kept[id_][0] for id_ in dataset_ids if self._has(id_)}

    async def save(self, change: Change, *, was: int) -> bool:
        """Store an entry and append its events where the stored revision is `was`."""
        entry = change.entry
        found, events = self._kept.get(entry.dataset_id, (None, ()))
        tenants = {entry.tenant, entry.tenant if found is None else found.tenant}
        if (0 if found is None else found.revision) != was or not tenants <= {self._tenant or entry.tenant}:
            return False
        stored = dataclasses.replace(entry, revision=was + 1)
        self._kept[entry.dataset_id] = stored, (*events, *change.events)
        return True

    async def events(self, dataset_id: str, *, after: int = 0, limit: int = 100) -> Sequence[CatalogEvent]:
        """List what was done to a dataset, the oldest first."""
        if not self._has(dataset_id):
            return []
        return [event for event in self._kept[dataset_id][1] if event.position > after][:limit]

    async def swept(self, *, after: str = "", limit: int = 200) -> Sequence[CatalogEntry]:
        """List entries that time alone may change."""
        there = [self._kept[id_][0] for id_ in sorted(self._kept) if id_ > after and self._has(id_)]
        return [entry for entry in there if entry.is_swept][:limit]

    def _has(self, dataset_id: str) -> bool:
        found = self._kept.get(dataset_id)
        return found is not None and self._tenant in {None, found[0].tenant}

"""What is said of datasets: tags, facts, tombstones, and the history of all that."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from textnlp.domain.catalog.model import CatalogEntry, CatalogEvent, Change


class DatasetCatalog(Protocol):
    """Keeps one entry a dataset, and the events of each in their order; a store that is away raises `UNAVAILABLE`.

    Nothing is said of a dataset before something is saved, and that is no error.
    """

    def for_tenant(self, tenant: str) -> "DatasetCatalog":
        """Return the catalog as one tenant sees it: entries of others are not there, whatever is asked."""
        ...

    async def entries(self, dataset_ids: Collection[str]) -> Mapping[str, CatalogEntry]:
        """Return the entries that there are of these datasets."""
        ...

    async def save(self, change: Change, *, was: int) -> bool:
        """Store an entry and append its events, all or nothing, where the stored revision is `was`, 0 for none.

        Returns whether it is; the stored revision is then one more. Of two that change the same entry one so learns
        that the other was first. Another tenant's entry is never changed.
        """
        ...

    async def events(self, dataset_id: str, *, after: int = 0, limit: int = 100) -> Sequence[CatalogEvent]:
        """List what was done to a dataset, the oldest first, from the event behind position `after` on."""
        ...

    async def swept(self, *, after: str = "", limit: int = 200) -> Sequence[CatalogEntry]:
        """List entries that time alone may change (`is_swept`), by id, those behind the id `after`."""
        ...

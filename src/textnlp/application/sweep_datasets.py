"""Delete the versions of datasets whose time is over, and what deletions that were cut short left behind."""

import logging
from collections.abc import Awaitable, Callable

from textnlp.application.change_catalog import (
    CatalogedDataset,
    CatalogPorts,
    delete_version,
    erase_deleted,
    find_entry,
)
from textnlp.domain.catalog.model import Act, CatalogEntry
from textnlp.domain.catalog.rules import expired_versions, kept_until
from textnlp.domain.errors import ErrorKind, TextNLPError

_LOG = logging.getLogger(__name__)
RETENTION = "retention"
"""Who deletes, as the history says, where it was time alone."""

DatasetFinder = Callable[[CatalogEntry], Awaitable[CatalogedDataset]]
"""Finds the versions of an entry's dataset; raises `NOT_FOUND` where the dataset is not there any more."""


async def sweep_datasets(ports: CatalogPorts, *, find: DatasetFinder) -> int:
    """Return how many versions were deleted. What is wrong with one dataset is logged and stops no other.

    Raises `UNAVAILABLE` where the catalog is away.
    """
    deleted, after = 0, ""
    while page := await ports.catalog.swept(after=after):
        for entry in page:
            try:
                deleted += len(await sweep_dataset(ports, await find(entry)))
            except TextNLPError as error:
                if error.kind is not ErrorKind.NOT_FOUND:
                    _LOG.warning("%s could not be swept: %s", entry.dataset_id, error.message)
        after = page[-1].dataset_id
    return deleted


async def sweep_dataset(ports: CatalogPorts, dataset: CatalogedDataset) -> list[int]:
    """Delete the versions of one dataset whose time is over and that nothing protects; return their numbers."""
    now = ports.clock.now()
    entry = await erase_deleted(ports, dataset, await find_entry(ports, dataset))
    due = expired_versions(entry, dataset.versions, now=now)
    for version in due:
        act = Act(by=RETENTION, at=now, why=f"It was to be kept until {kept_until(entry, version):%Y-%m-%d %H:%M} UTC.")
        await delete_version(ports, dataset, version=version.number, act=act)
    return [version.number for version in due]

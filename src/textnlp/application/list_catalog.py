"""List the datasets of a platform with what is said of them, and find those that are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from textnlp.domain.catalog.model import CatalogEntry, CatalogFacts
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.identifiers import RunId
from textnlp.ports.dataset_catalog import DatasetCatalog
from textnlp.ports.dataset_store import DatasetStore

_PAGE = 200
_MOST_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFilter:
    """Which datasets are wanted; what is None leaves all.

    Attributes:
        tag: one that they have.
        license: theirs, whatever the case of its letters.
        text: in their name or description, whatever the case of its letters.
    """

    tag: str | None = None
    license: str | None = None
    text: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether every dataset is wanted."""
        return self.tag is None and self.license is None and self.text is None

    def takes(self, run: StoredRun, entry: CatalogEntry | None) -> bool:
        """Whether a dataset is wanted."""
        facts = CatalogFacts() if entry is None else entry.facts
        name = facts.license or ""
        texts = f"{run.name}\n{facts.description or ''}".lower()
        return (
            (self.tag is None or (entry is not None and self.tag in entry.tags))
            and (self.license is None or name.lower() == self.license.lower())
            and (self.text is None or self.text.lower() in texts)
        )


async def list_catalog(
    store: DatasetStore, catalog: DatasetCatalog, wanted: CatalogFilter, *, before: RunId | None, limit: int
) -> tuple[Sequence[StoredRun], RunId | None]:
    """Return datasets, newest first, and the id before which the listing goes on; None at its end.

    Of one call 2,000 datasets are looked at, at most, so that a page may be short and still not the last one.
    """
    if wanted.is_open:
        runs = await store.newest(before=before, limit=limit)
        return runs, runs[-1].id if len(runs) == limit else None
    found: list[StoredRun] = []
    for _ in range(_MOST_LOOKED_AT // _PAGE):
        page = await store.newest(before=before, limit=_PAGE)
        entries = await catalog.entries([run.id for run in page])
        for run in page:
            before = run.id
            if wanted.takes(run, entries.get(run.id)):
                found.append(run)
                if len(found) == limit:
                    return found, before
        if len(page) < _PAGE:
            return found, None
    return found, before

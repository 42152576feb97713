"""What is said of datasets, in a file beside the versions of each."""

import asyncio
import contextlib
import dataclasses
import fcntl
import os
from collections.abc import Collection, Generator, Mapping, Sequence
from pathlib import Path

from textnlp.adapters.dataset_files.unfinished_folder import disk_errors
from textnlp.adapters.dataset_files.written_file import write_whole
from textnlp.domain.catalog.model import CatalogEntry, CatalogEvent, Change
from textnlp.domain.catalog.record import CatalogDocument, decode_document, encode_file
from textnlp.domain.datasets.layout import CATALOG
from textnlp.domain.identity.tenant import LOCAL_TENANT


def read_entry(folder: Path) -> CatalogEntry:
    """Return what the file in a dataset's folder says of it; an empty entry where nothing was said."""
    name = folder.absolute().name
    found = _read(folder / CATALOG)
    if found is None:
        return CatalogEntry(dataset_id=name, tenant=LOCAL_TENANT)
    return dataclasses.replace(found.entry, dataset_id=name)


class FileDatasetCatalog:
    """Satisfies the `DatasetCatalog` port over the folders of datasets in `root`, whose names are their ids.

    A folder that is written to is locked for that moment, so that several processes may share it.
    """

    def __init__(self, root: Path, *, tenant: str | None = None) -> None:
        self._root = root
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "FileDatasetCatalog":
        """Return the catalog as one tenant sees it."""
        return FileDatasetCatalog(self._root, tenant=tenant)

    async def entries(self, dataset_ids: Collection[str]) -> Mapping[str, CatalogEntry]:
        """Return the entries that there are of these datasets."""
        found = await asyncio.to_thread(lambda: [self._document(id_) for id_ in dataset_ids])
        return {each.entry.dataset_id: each.entry for each in found if each is not None}

    async def save(self, change: Change, *, was: int) -> bool:
        """Store an entry and append its events where the stored revision is `was`."""
        return await asyncio.to_thread(self._save, change, was)

    async def events(self, dataset_id: str, *, after: int = 0, limit: int = 100) -> Sequence[CatalogEvent]:
        """List what was done to a dataset, the oldest first."""
        found = await asyncio.to_thread(self._document, dataset_id)
        return [] if found is None else [event for event in found.events if event.position > after][:limit]

    async def swept(self, *, after: str = "", limit: int = 200) -> Sequence[CatalogEntry]:
        """List entries that time alone may change."""
        found = await asyncio.to_thread(lambda: [self._document(name) for name in self._names() if name > after])
        return [each.entry for each in found if each is not None and each.entry.is_swept][:limit]

    def _names(self) -> list[str]:
        with disk_errors(self._root):
            return sorted(path.parent.name for path in self._root.glob(f"*/{CATALOG}"))

    def _document(self, dataset_id: str) -> CatalogDocument | None:
        """Return what is said of a dataset; the folder's name is its id, whatever it was when that was written."""
        found = self._stored(dataset_id)
        if found is None or self._tenant not in {None, found.entry.tenant}:
            return None
        entry = dataclasses.replace(found.entry, dataset_id=dataset_id)
        return CatalogDocument(entry=entry, events=found.events)

    def _stored(self, dataset_id: str) -> CatalogDocument | None:
        if not dataset_id or {"/", "\0"} & set(dataset_id) or dataset_id in {".", ".."}:
            return None
        return _read(self._root / dataset_id / CATALOG)

    def _save(self, change: Change, was: int) -> bool:
        entry = change.entry
        folder = self._root / entry.dataset_id
        if self._tenant not in {None, entry.tenant}:
            return False
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder):
                found = self._stored(entry.dataset_id)
                is_foreign = found is not None and found.entry.tenant != entry.tenant
                if is_foreign or (0 if found is None else found.entry.revision) != was:
                    return False
                stored = dataclasses.replace(entry, revision=was + 1)
                events = [*([] if found is None else found.events), *change.events]
                write_whole(folder / CATALOG, encode_file(CatalogDocument(entry=stored, events=events)))
        return True


def _read(path: Path) -> CatalogDocument | None:
    with disk_errors(path):
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
    return decode_document(data, name=str(path))


@contextlib.contextmanager
def _locked(folder: Path) -> Generator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

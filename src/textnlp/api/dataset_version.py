"""Versions of datasets as requests name them: their folders, and answers that are their files."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from litestar import Response
from litestar.response import Stream

from textnlp.api.caller import dataset_ports_of
from textnlp.api.closing import closed_after
from textnlp.application.change_catalog import CatalogedDataset, find_entry
from textnlp.application.dataset_ports import DatasetPorts
from textnlp.domain.catalog.lineage import VersionLineage, lineage_of
from textnlp.domain.catalog.model import CatalogEntry
from textnlp.domain.catalog.rules import available_versions, find_available
from textnlp.domain.datasets.layout import MANIFEST, SIGNATURE
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import RunId

_PIECE_BYTES = 1 << 18
_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVersion:
    """A version that a request named, by its number or a tag.

    Attributes:
        there: the folders of all versions that are there, the first one first.
    """

    ports: DatasetPorts
    run: StoredRun
    dataset: CatalogedDataset
    entry: CatalogEntry
    number: int
    there: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        """The folder of the version."""
        return self.dataset.place(self.number)

    async def read(self) -> DatasetVersion:
        """Read its manifest; raises what `read_version` does."""
        return await asyncio.to_thread(self.ports.read_version, self.folder)

    async def lineage(self) -> VersionLineage:
        """Work out where it is from."""
        return await asyncio.to_thread(self._lineage)

    def _lineage(self) -> VersionLineage:
        read = self.ports.read_version
        recipe, earlier = self.ports.read_recipe(self.folder), [read(each) for each in self.there]
        return lineage_of(read(self.folder), recipe=recipe, earlier=earlier)


async def find_dataset_version(scope: Any, dataset_id: str, version: str) -> FoundVersion:
    """Return the version of a dataset that the caller may see; raises what `rules.find_available` does."""
    ports = dataset_ports_of(scope)
    run = await ports.store.get(RunId(dataset_id))
    dataset = ports.cataloged(run)
    entry = await find_entry(ports.catalog, dataset)
    return FoundVersion(
        ports=ports,
        run=run,
        dataset=dataset,
        entry=entry,
        number=find_available(entry, dataset.numbers, named=version),
        there=tuple(dataset.place(number) for number in available_versions(entry, dataset.numbers)),
    )


async def answer_version_file(found: FoundVersion, path: str, *, file_name: str) -> Response[Any]:
    """Answer with a file of a version; raises `NOT_FOUND` for one that its manifest does not list."""
    listed = await found.read()
    if path not in {MANIFEST, SIGNATURE, *(file.path for file in listed.files)}:
        raise TextNLPError(
            f"This version has no file {path!r}.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(hint=f"{MANIFEST} lists its files."),
        )
    place = found.folder / path
    file = await asyncio.to_thread(place.open, "rb")
    pieces = _pieces(file)
    return Stream(
        pieces,
        media_type=_BYTES,
        headers={
            "Content-Length": str(place.stat().st_size),
            "Content-Disposition": f'attachment; filename="{file_name}"',
        },
        background=closed_after(pieces),
    )


async def _pieces(file: BinaryIO) -> AsyncGenerator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece

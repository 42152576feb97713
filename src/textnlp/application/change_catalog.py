"""Change what is said of a dataset: its tags, its facts, and which of its versions are there."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textnlp.domain.catalog import rules
from textnlp.domain.catalog.model import Act, CatalogEntry, Change, Tombstone
from textnlp.domain.catalog.refusals import version_is_gone
from textnlp.domain.datasets.manifest import decode_manifest
from textnlp.domain.datasets.stored_run import RunVersion
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.clock import Clock
from textnlp.ports.dataset_catalog import DatasetCatalog

_MOST_TRIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPorts:
    """What the use cases around the catalog stand on.

    Attributes:
        read_manifest: returns the bytes of a version's manifest from its folder; raises `GONE` where it was deleted.
        erase: leaves a tombstone in a version's folder and nothing else.
    """

    catalog: DatasetCatalog
    clock: Clock
    read_manifest: Callable[[Path], bytes]
    erase: Callable[[Path, Tombstone], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogedDataset:
    """A dataset whose versions lie in a folder.

    Attributes:
        versions: that were written, deleted ones included where that is still known.
        folder: their folder; a version is a folder `v<number>` in it.
    """

    id: str
    tenant: str
    versions: tuple[RunVersion, ...]
    folder: Path

    @property
    def numbers(self) -> list[int]:
        """The numbers of the versions that ever were, as far as that is known."""
        return [version.number for version in self.versions]

    def place(self, version: int) -> Path:
        """Return the folder of a version."""
        return self.folder / f"v{version}"


Decision = Callable[[CatalogEntry], Change]


async def find_entry(ports: CatalogPorts, dataset: CatalogedDataset) -> CatalogEntry:
    """Return what is said of a dataset; an empty entry where nothing was."""
    found = await ports.catalog.entries([dataset.id])
    return found.get(dataset.id) or CatalogEntry(dataset_id=dataset.id, tenant=dataset.tenant)


async def tag_version(
    ports: CatalogPorts, dataset: CatalogedDataset, *, tag: str, version: int, act: Act, is_moved: bool
) -> CatalogEntry:
    """Let a tag name a version; raises what `rules.set_tag` raises."""
    return await _change(
        ports,
        dataset,
        lambda entry: rules.set_tag(entry, dataset.numbers, tag=tag, version=version, act=act, is_moved=is_moved),
    )


async def untag_version(ports: CatalogPorts, dataset: CatalogedDataset, *, tag: str, act: Act) -> CatalogEntry:
    """Remove a tag; raises `NOT_FOUND` where it is not set."""
    return await _change(ports, dataset, lambda entry: rules.remove_tag(entry, tag=tag, act=act))


async def roll_back_dataset(
    ports: CatalogPorts, dataset: CatalogedDataset, *, to: int | None, act: Act
) -> CatalogEntry:
    """Let `current` go back to an earlier version, without touching a file; raises what `rules.roll_back` raises."""
    return await _change(ports, dataset, lambda entry: rules.roll_back(entry, dataset.numbers, to=to, act=act))


async def change_dataset_facts(
    ports: CatalogPorts, dataset: CatalogedDataset, given: Mapping[str, Any], *, act: Act
) -> CatalogEntry:
    """Set facts by name, None to clear one; raises what `rules.change_facts` raises."""
    return await _change(ports, dataset, lambda entry: rules.change_facts(entry, given, act=act))


async def delete_version(
    ports: CatalogPorts, dataset: CatalogedDataset, *, version: int, act: Act, is_forced: bool = False
) -> Tombstone:
    """Remove the files of a version and leave its tombstone; a deletion that was cut short is completed.

    Raises `GONE` for one that was deleted before, and what `rules.bury` raises.
    """
    entry = await find_entry(ports, dataset)
    tombstone = entry.tombstone(version)
    if tombstone is not None and tombstone.erased_at is not None:
        raise version_is_gone(tombstone)
    if tombstone is None:
        rules.require_available(entry, dataset.numbers, number=version)
        manifest = await asyncio.to_thread(ports.read_manifest, dataset.place(version))
        stone = Tombstone(
            version=version,
            manifest_sha256=hashlib.sha256(manifest).hexdigest(),
            counts=decode_manifest(manifest).counts,
            by=act.by,
            at=act.at,
            why=act.why or "",
        )
        entry = await _change(
            ports,
            dataset,
            lambda found: rules.bury(found, dataset.versions, tombstone=stone, act=act, is_forced=is_forced),
        )
    entry = await erase_deleted(ports, dataset, entry)
    return next(each for each in entry.tombstones if each.version == version)


async def erase_deleted(ports: CatalogPorts, dataset: CatalogedDataset, entry: CatalogEntry) -> CatalogEntry:
    """Remove the files of versions that have a tombstone, and note that they are gone."""
    for stone in entry.tombstones:
        if stone.erased_at is None:
            await asyncio.to_thread(ports.erase, dataset.place(stone.version), stone)
            entry = await _change(ports, dataset, _erased(stone.version, ports))
    return entry


def _erased(version: int, ports: CatalogPorts) -> Decision:
    at = ports.clock.now()
    return lambda entry: rules.mark_erased(entry, version=version, at=at)


async def _change(ports: CatalogPorts, dataset: CatalogedDataset, decide: Decision) -> CatalogEntry:
    """Store what `decide` makes of the entry, deciding anew where somebody else was first."""
    for _ in range(_MOST_TRIES):
        entry = await find_entry(ports, dataset)
        change = decide(entry)
        if change.entry == entry:
            return entry
        if await ports.catalog.save(change, was=entry.revision):
            return change.entry
    raise TextNLPError(f"{dataset.id} is changed by others all the time; try again.", kind=ErrorKind.CONFLICT)

"""Erase rows of datasets that name a person: a version without them is written, and the old one deleted."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from textnlp.application.change_catalog import CatalogedDataset, CatalogPorts, delete_version, find_entry, tag_version
from textnlp.domain.catalog.model import Act, CatalogEntry
from textnlp.domain.catalog.rules import available_versions
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetCounts, DatasetFacts, DatasetRow, ReasonCount, RowFate
from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.datasets.written_columns import dropped_columns
from textnlp.domain.erasure.redaction import redacted
from textnlp.domain.erasure.terms import SearchTerms
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.output import Output
from textnlp.ports.dataset_files import DatasetFiles
from textnlp.ports.dataset_store import DatasetStore
from textnlp.ports.erasable_place import Found

REPLACES = "without_erased_rows_of"
"""Fact of a version that was written in the place of another: its number."""

_BY = "erasure"
_WHY = "Rows that named a person were erased."
_UNDER_WAY = frozenset({RunState.RUNNING, RunState.PAUSED})
_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetErasurePorts:
    """What erasure stands on for datasets.

    Attributes:
        names_person: looks into every file of a version's folder.
        read_rows: yields the rows of a version as they were written.
        root: the folder of all versions.
    """

    store: DatasetStore
    catalog: CatalogPorts
    files: DatasetFiles
    names_person: Callable[[Path, SearchTerms], bool]
    read_version: Callable[[Path], DatasetVersion]
    read_recipe: Callable[[Path], dict[str, Any]]
    read_rows: Callable[[Path], Iterator[list[DatasetRow]]]
    root: Path


class ErasableDatasets:
    """Satisfies `ErasablePlace` with the versions of all datasets of a platform.

    A dataset on hold and one that is being made are left as they are, and named. A version in the place of another has
    its tags and its day of writing, so that it is kept no longer. What was cut short goes on: a new version says which
    one it stands for.
    """

    def __init__(self, ports: DatasetErasurePorts) -> None:
        self._ports = ports

    async def go_through(self, terms: SearchTerms, *, is_rehearsal: bool) -> Found:
        """Replace the versions that name the person."""
        versions, withheld = 0, list[str]()
        async for run in self._runs():
            dataset = CatalogedDataset(
                id=run.id, tenant=run.tenant, versions=run.versions, folder=self._ports.root / run.id
            )
            entry = await find_entry(self._ports.catalog, dataset)
            there = available_versions(entry, dataset.numbers)
            named = [number for number in there if await self._names(dataset, number, terms)]
            reason = _reason_to_withhold(run, entry)
            if named and reason:
                withheld.append(f"Dataset {run.id}: {reason}")
                continue
            versions += len(named)
            if not is_rehearsal:
                await self._replace_all(run, named, terms)
        return Found(counts={"dataset versions": versions} if versions else {}, withheld=tuple(withheld))

    async def _runs(self) -> AsyncGenerator[StoredRun]:
        page = await self._ports.store.newest(limit=_PAGE)
        while page:
            for run in page:
                yield run
            page = await self._ports.store.newest(before=page[-1].id, limit=_PAGE)

    async def _names(self, dataset: CatalogedDataset, number: int, terms: SearchTerms) -> bool:
        return await asyncio.to_thread(self._ports.names_person, dataset.place(number), terms)

    async def _replace_all(self, run: StoredRun, numbers: Sequence[int], terms: SearchTerms) -> None:
        for number in numbers:
            run = await self._replace(run, number, terms)

    async def _replace(self, run: StoredRun, number: int, terms: SearchTerms) -> StoredRun:
        """Write a version in the place of another, let it be known, move the tags, and delete the other."""
        ports = self._ports
        old = next(each for each in run.versions if each.number == number)
        written = await self._written_before(run, number) or await self._write(run, number, terms)
        if all(each.number != written.version for each in run.versions):
            added = dataclasses.replace(
                old, number=written.version, rows=written.counts.accepted, stopped_by=written.stopped_by
            )
            changed = dataclasses.replace(run, versions=(*run.versions, added))
            if not await ports.store.save(changed, was=run.state):
                raise TextNLPError(f"{run.id} is being changed; erase again.", kind=ErrorKind.CONFLICT)
            run = changed
        dataset = CatalogedDataset(id=run.id, tenant=run.tenant, versions=run.versions, folder=ports.root / run.id)
        act = Act(by=_BY, at=ports.catalog.clock.now(), why=_WHY)
        entry = await find_entry(ports.catalog, dataset)
        for tag in entry.tags_of(number):
            await tag_version(ports.catalog, dataset, tag=tag, version=written.version, act=act, is_moved=True)
        await delete_version(ports.catalog, dataset, version=number, act=act, is_forced=True)
        return run

    async def _written_before(self, run: StoredRun, number: int) -> DatasetVersion | None:
        """Return the version that stands for another already, from a run that was cut short."""
        folder = self._ports.root / run.id
        for candidate in range(number + 1, _next_number(run.versions) + 1):
            try:
                version = await asyncio.to_thread(self._ports.read_version, folder / f"v{candidate}")
            except TextNLPError as error:
                if error.kind not in {ErrorKind.NOT_FOUND, ErrorKind.GONE, ErrorKind.UNAVAILABLE}:
                    raise
                continue
            if version.extra.get(REPLACES) == number:
                return version
        return None

    async def _write(self, run: StoredRun, number: int, terms: SearchTerms) -> DatasetVersion:
        ports = self._ports
        old = ports.root / run.id / f"v{number}"
        version = await asyncio.to_thread(ports.read_version, old)
        document = await asyncio.to_thread(ports.read_recipe, old)
        removed = await asyncio.to_thread(lambda: _fates(old, ports, terms))
        facts = _facts_without(version, document, removed, terms=terms, number=_next_number(run.versions))
        recipe: dict[str, Any] = dict(facts.recipe)
        return await ports.files.write(
            ports.root / run.id / f"v{facts.version}",
            facts=facts,
            output=Output.model_validate(document.get("output") or {}),
            rows=_kept_rows(old, ports, terms),
            dropped=dropped_columns(recipe),
        )


def _reason_to_withhold(run: StoredRun, entry: CatalogEntry) -> str:
    if run.state in _UNDER_WAY:
        return f"it is {run.state.value}; let it end, or cancel it."
    return f"it is on hold ({entry.facts.hold})." if entry.facts.hold is not None else ""


def _next_number(versions: tuple[RunVersion, ...]) -> int:
    return max((each.number for each in versions), default=0) + 1


def _is_named(row: DatasetRow, terms: SearchTerms) -> bool:
    return terms.are_in(msgspec.json.encode(row, enc_hook=str))


def _fates(folder: Path, ports: DatasetErasurePorts, terms: SearchTerms) -> Counter[RowFate]:
    """Count the rows that name the person by their fate."""
    return Counter(row.fate for page in ports.read_rows(folder) for row in page if _is_named(row, terms))


async def _kept_rows(folder: Path, ports: DatasetErasurePorts, terms: SearchTerms) -> AsyncGenerator[list[DatasetRow]]:
    pages = ports.read_rows(folder)
    while (page := await asyncio.to_thread(next, pages, None)) is not None:
        yield [row for row in page if not _is_named(row, terms)]


def _facts_without(
    version: DatasetVersion, document: dict[str, Any], removed: Counter[RowFate], *, terms: SearchTerms, number: int
) -> DatasetFacts:
    counts = version.counts
    return DatasetFacts(
        name=version.name,
        version=number,
        recipe=redacted(document, terms),
        fingerprint=version.fingerprint,
        target=version.target,
        counts=DatasetCounts(
            candidates=counts.candidates,
            accepted=counts.accepted - removed[RowFate.ACCEPTED],
            rejected=counts.rejected - removed[RowFate.REJECTED],
            failed=counts.failed - removed[RowFate.FAILED],
            surplus=counts.surplus - removed[RowFate.SURPLUS],
        ),
        reasons=msgspec.convert(redacted(msgspec.to_builtins(version.reasons), terms), tuple[ReasonCount, ...]),
        models=tuple(version.models),
        stopped_by=version.stopped_by,
        finished_at=version.created,
        generator=version.generator,
        extra={**redacted(version.extra, terms), REPLACES: version.version},
    )

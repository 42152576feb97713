"""Find out whether what a platform has stored holds together, while it may be running."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from textnlp.application.inspect_blobs import BlobInspection
from textnlp.domain.datasets.manifest import Finding
from textnlp.domain.inspection.model import Fault, Inspected, Leftover, VersionReference
from textnlp.domain.inspection.rules import (
    balance_faults,
    batch_faults,
    charge_faults,
    disagreement_fault,
    leftover_fault,
    schema_faults,
)
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.inspector import Inspector

MOST_FAULTS = 100
"""Faults of one check that are told; the rest is counted."""

_SETTLE_SECONDS = 3.0
"""How long a platform may take between starting a batch and sending the messages that ask for its rows."""

_Fact = TypeVar("_Fact")

Looked = tuple[int, Sequence[Fault]]
"""Things that were looked at, and what is wrong with them."""

ProgressListener = Callable[[str, int], None]
"""Is told the name of a check and how many things it has looked at so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionPorts:
    """What an inspection stands on.

    Attributes:
        staged_files: looks for half-written files whose writers are gone.
        version_findings: says what is wrong with the files of a version of a dataset.
    """

    inspector: Inspector
    blobs: BlobStore
    clock: Clock
    staged_files: Callable[[], Awaitable[Sequence[Leftover]]]
    version_findings: Callable[[VersionReference], Awaitable[Sequence[Finding]]]


@dataclass(slots=True)
class _Tally:
    """What a check has found so far, the first faults of it."""

    looked_at: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list[Fault])

    def add(self, looked: Looked) -> None:
        count, faults = looked
        self.looked_at += count
        self.fault_count += len(faults)
        self.faults += faults[: MOST_FAULTS - len(self.faults)]


async def inspect_platform(
    ports: InspectionPorts, *, sampled_blobs: int | None, on_progress: ProgressListener = lambda _, __: None
) -> list[Inspected]:
    """Run every check, one after the other, and return what each found; it changes nothing.

    What is being worked on is no fault. A database that another version has changed, or none has, is looked at no
    further. Of blobs whose hash is known `sampled_blobs` are read, all where it is None; that the others are there,
    and their sizes, is looked at all the same. Raises `UNAVAILABLE` where database or blobs are away.
    """
    schema = await ports.inspector.schema()
    faults = schema_faults(schema)
    result = [Inspected(subject="migrations", looked_at=1, faults=tuple(faults), fault_count=len(faults))]
    if schema.revision != schema.known:
        return result
    for subject, check in _checks(ports, sampled_blobs=sampled_blobs).items():
        tally = _Tally()
        async with contextlib.aclosing(check) as steps:
            async for looked in steps:
                tally.add(looked)
                on_progress(subject, tally.looked_at)
        result.append(
            Inspected(
                subject=subject,
                looked_at=tally.looked_at,
                faults=tuple(tally.faults),
                fault_count=tally.fault_count,
            )
        )
    return result


def _checks(ports: InspectionPorts, *, sampled_blobs: int | None) -> Mapping[str, AsyncGenerator[Looked]]:
    inspector = ports.inspector
    blobs = BlobInspection(ports.blobs, clock=ports.clock, sampled=sampled_blobs)
    return {
        "half-written files": _staged(ports),
        "batches balance": _each(inspector.batches(), batch_faults),
        "validations and jobs balance": _each(inspector.balances(), balance_faults),
        "rows are charged for": _each(inspector.batches(), charge_faults),
        "usage adds up": _rolled_up(inspector),
        "budgets add up": _budgets(ports),
        "nothing is overdue": _leftovers(ports),
        "every row is asked for": _stranded(ports),
        "blobs are there": blobs.look(inspector),
        "datasets verify": _versions(ports),
    }


async def _each(
    pages: AsyncGenerator[Sequence[_Fact]], faults_of: Callable[[_Fact], Iterable[Fault]]
) -> AsyncGenerator[Looked]:
    async with contextlib.aclosing(pages):
        async for page in pages:
            yield len(page), [fault for fact in page for fault in faults_of(fact)]


async def _staged(ports: InspectionPorts) -> AsyncGenerator[Looked]:
    found = await ports.staged_files()
    yield 1, [leftover_fault(each) for each in found]


async def _rolled_up(inspector: Inspector) -> AsyncGenerator[Looked]:
    async with contextlib.aclosing(inspector.rolled_up()) as days:
        async for count, differing in days:
            yield count, [disagreement_fault(each) for each in differing]


async def _budgets(ports: InspectionPorts) -> AsyncGenerator[Looked]:
    count, differing = await ports.inspector.budgets(ports.clock.now())
    yield count, [disagreement_fault(each) for each in differing]


async def _leftovers(ports: InspectionPorts) -> AsyncGenerator[Looked]:
    found = await ports.inspector.leftovers(ports.clock.now())
    yield 1, [leftover_fault(each) for each in found]


async def _stranded(ports: InspectionPorts) -> AsyncGenerator[Looked]:
    """Look twice where something is found: a batch has no messages yet at the moment when it is started."""
    found = await ports.inspector.stranded()
    if found:
        await ports.clock.sleep(_SETTLE_SECONDS)
        places = {each.place for each in found}
        found = [each for each in await ports.inspector.stranded() if each.place in places]
    yield 1, [leftover_fault(each) for each in found]


async def _versions(ports: InspectionPorts) -> AsyncGenerator[Looked]:
    async with contextlib.aclosing(ports.inspector.versions()) as pages:
        async for page in pages:
            for version in page:
                findings = await ports.version_findings(version)
                yield 1, [_version_fault(version, each) for each in findings]


def _version_fault(version: VersionReference, finding: Finding) -> Fault:
    return Fault(
        place=f"dataset {version.run_id}, version {version.number}, {finding.path}",
        told=f"It {finding.message}.",
        advice="Restore the version from a backup, or have the dataset made again.",
    )

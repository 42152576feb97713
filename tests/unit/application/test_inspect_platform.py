import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.application.inspect_platform import MOST_FAULTS, InspectionPorts, inspect_platform
from textnlp.domain.datasets.manifest import Finding
from textnlp.domain.identifiers import RunId
from textnlp.domain.inspection.model import (
    Balance,
    BatchFacts,
    BlobReference,
    Disagreement,
    Inspected,
    Leftover,
    LeftoverKind,
    Schema,
    VersionReference,
)

if TYPE_CHECKING:
    from textnlp.ports.blob_store import BlobStore

NOON = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WRONG = Balance(place="validation v", total=1, parts=())
STRANDED = Leftover(kind=LeftoverKind.STRANDED_BATCH, place="batch_1", count=3)


class FoundFacts:
    """Satisfies the `Inspector` port with what it was given."""

    def __init__(self) -> None:
        self.revision: str | None = "0016"
        self.unbalanced: list[Balance] = []
        self.references: list[BlobReference] = []
        self.written: list[VersionReference] = []
        self.stranded_each_time: list[list[Leftover]] = [[]]

    async def schema(self) -> Schema:
        return Schema(revision=self.revision, known="0016")

    async def batches(self) -> AsyncGenerator[Sequence[BatchFacts]]:
        for page in ():
            yield page

    async def balances(self) -> AsyncGenerator[Sequence[Balance]]:
        yield self.unbalanced

    async def rolled_up(self) -> AsyncGenerator[tuple[int, Sequence[Disagreement]]]:
        yield 4, [Disagreement(place="hour", counted="2 calls", kept="1 calls")]

    async def budgets(self, now: datetime) -> tuple[int, Sequence[Disagreement]]:
        return 1 if now else 0, []

    async def leftovers(self, now: datetime) -> Sequence[Leftover]:
        return [] if now else [STRANDED]

    async def stranded(self) -> Sequence[Leftover]:
        return self.stranded_each_time.pop(0) if len(self.stranded_each_time) > 1 else self.stranded_each_time[0]

    async def blob_references(self, now: datetime) -> AsyncGenerator[Sequence[BlobReference]]:
        yield self.references if now else []

    async def versions(self) -> AsyncGenerator[Sequence[VersionReference]]:
        yield self.written


class Inspection:
    """An inspection of found facts over a folder of blobs."""

    def __init__(self, folder: Path) -> None:
        self.facts = FoundFacts()
        self.blobs: BlobStore = local_blob_store(folder, clock=ManualClock())
        self.findings: list[Finding] = []
        self.seen: list[tuple[str, int]] = []

    async def run(self, *, sampled_blobs: int | None = None) -> dict[str, Inspected]:
        async def staged_files() -> Sequence[Leftover]:
            return []

        async def version_findings(version: VersionReference) -> Sequence[Finding]:
            return self.findings

        class Impatient(ManualClock):
            async def sleep(self, seconds: float) -> None:
                del seconds

        ports = InspectionPorts(
            inspector=self.facts,
            blobs=self.blobs,
            clock=Impatient(),
            staged_files=staged_files,
            version_findings=version_findings,
        )
        results = await inspect_platform(
            ports,
            sampled_blobs=sampled_blobs,
            on_progress=lambda subject, count: self.seen.append((subject, count)),
        )
        return {result.subject: result for result in results}

    async def put_batch(self, lines: bytes, *, sha256: str | None = None) -> None:
        digest = hashlib.sha256(lines).hexdigest() if sha256 is None else sha256
        file = {"name": "generations.jsonl", "size_bytes": len(lines), "sha256": digest, "rows": 1}
        await self.blobs.put("generations/batch/b/generations.jsonl", lines)
        await self.blobs.put("generations/batch/b/manifest.json", json.dumps({"files": [file]}).encode())
        manifest = "generations/batch/b/manifest.json"
        self.facts.references = [BlobReference(path=manifest, owner="batch b", since=NOON, lists_files=True)]


@pytest.fixture
def inspection(tmp_path: Path) -> Inspection:
    return Inspection(tmp_path)


@pytest.mark.parametrize("revision", [None, "0015"])
async def test_a_database_of_another_revision_is_looked_at_no_further(
    inspection: Inspection, revision: str | None
) -> None:
    inspection.facts.revision = revision
    results = await inspection.run()
    assert list(results) == ["migrations"]
    assert results["migrations"].fault_count == (revision is not None)


async def test_every_check_tells_how_much_it_looked_at_and_what_it_found(inspection: Inspection) -> None:
    inspection.facts.unbalanced = [WRONG, Balance(place="job j", total=0, parts=())]
    results = await inspection.run()
    balance, usage = results["validations and jobs balance"], results["usage adds up"]
    assert (balance.looked_at, [fault.place for fault in balance.faults]) == (2, ["validation v"])
    assert (usage.looked_at, usage.fault_count) == (4, 1)
    assert results["nothing is overdue"].fault_count == 0
    assert ("validations and jobs balance", 2) in inspection.seen


async def test_of_many_faults_the_first_are_told_and_all_are_counted(inspection: Inspection) -> None:
    inspection.facts.unbalanced = [WRONG] * (MOST_FAULTS + 5)
    found = (await inspection.run())["validations and jobs balance"]
    assert (len(found.faults), found.fault_count) == (MOST_FAULTS, MOST_FAULTS + 5)


@pytest.mark.parametrize(("later", "found"), [([], 0), ([STRANDED], 1)])
async def test_a_batch_that_gets_its_messages_in_a_moment_is_not_stranded(
    inspection: Inspection, later: list[Leftover], found: int
) -> None:
    inspection.facts.stranded_each_time = [[STRANDED], later]
    assert (await inspection.run())["every row is asked for"].fault_count == found


async def test_the_files_of_a_manifest_are_there_with_their_bytes(inspection: Inspection) -> None:
    await inspection.put_batch(b"{}\n")
    found = (await inspection.run())["blobs are there"]
    assert (found.looked_at, found.faults) == (2, ())


async def test_a_file_whose_bytes_were_changed_is_found_where_it_is_read(inspection: Inspection) -> None:
    await inspection.put_batch(b"{}\n", sha256="00")
    (fault,) = (await inspection.run())["blobs are there"].faults
    assert (fault.place, "SHA-256" in fault.told) == ("generations/batch/b/generations.jsonl", True)
    assert (await inspection.run(sampled_blobs=0))["blobs are there"].faults == ()


async def test_a_file_that_is_missing_and_a_manifest_that_cannot_be_read_are_found(inspection: Inspection) -> None:
    await inspection.put_batch(b"{}\n")
    await inspection.blobs.delete("generations/batch/b/generations.jsonl")
    (missing,) = (await inspection.run())["blobs are there"].faults
    assert "not there" in missing.told
    await inspection.blobs.put("generations/batch/b/manifest.json", b"[")
    (broken,) = (await inspection.run())["blobs are there"].faults
    assert "cannot be read" in broken.told


async def test_a_version_of_a_dataset_that_does_not_verify_is_named(inspection: Inspection) -> None:
    inspection.facts.written = [VersionReference(run_id=RunId("run_1"), number=2, rows=5)]
    inspection.findings = [Finding(path="data/train.jsonl", message="is missing")]
    (fault,) = (await inspection.run())["datasets verify"].faults
    assert (fault.place, fault.told) == ("dataset run_1, version 2, data/train.jsonl", "It is missing.")

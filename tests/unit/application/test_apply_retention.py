from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.doubles.clock import ManualClock
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.application.age_blobs import AgedBlobs
from textnlp.application.apply_retention import RetentionPorts, apply_retention
from textnlp.ports.blob_store import BlobStore
from textnlp.topology.records import BATCHES, CLIENTS, DATASET_RUNS

IN_TWO_YEARS = ManualClock(now=datetime.now(UTC) + timedelta(days=730))


class Rows:
    """Satisfies `RowRetention` with what it is told is old."""

    def __init__(self, **old: list[str]) -> None:
        self.old = old
        self.asked: dict[str, datetime] = {}

    @property
    def records(self) -> Sequence[str]:
        return list(self.old)

    async def remove_before(self, record: str, moment: datetime, *, limit: int) -> Sequence[str]:
        self.asked[record] = moment
        gone, self.old[record] = self.old[record][:limit], self.old[record][limit:]
        return gone


async def forget_nothing(dataset_id: str) -> None:
    raise AssertionError(dataset_id)


def ports_of(rows: Rows, blobs: BlobStore, *, ages_blobs: bool = True) -> RetentionPorts:
    return RetentionPorts(
        rows=rows, blobs=blobs, clock=IN_TWO_YEARS, ages_blobs=ages_blobs, forget_dataset=forget_nothing
    )


async def test_the_upload_of_a_batch_goes_with_its_record() -> None:
    blobs = memory_blob_store()
    for path in ("b1/rows.csv", "b10/rows.csv", "file_1/rows.csv"):
        await blobs.put(f"prompts/user-content/{path}", b"text")
    rows = Rows(**{BATCHES: ["b1"], CLIENTS: ["c"]})
    gone = await apply_retention(ports_of(rows, blobs))
    assert gone.records == {BATCHES: 1, CLIENTS: 1}
    left = [info.path async for info in blobs.entries()]
    assert left == ["prompts/user-content/b10/rows.csv", "prompts/user-content/file_1/rows.csv"]
    assert rows.asked[BATCHES] == IN_TWO_YEARS.now() - timedelta(days=365)


async def test_folders_of_datasets_that_are_gone_are_forgotten() -> None:
    forgot: list[str] = []

    async def forget(dataset_id: str) -> None:
        forgot.append(dataset_id)

    ports = RetentionPorts(
        rows=Rows(**{DATASET_RUNS: [f"d{n}" for n in range(120)]}),
        blobs=memory_blob_store(),
        clock=IN_TWO_YEARS,
        ages_blobs=True,
        forget_dataset=forget,
    )
    assert (await apply_retention(ports)).records == {DATASET_RUNS: 120}
    assert forgot == [f"d{n}" for n in range(120)]


async def test_blobs_age_here_only_where_their_store_does_not_do_it() -> None:
    blobs = memory_blob_store()
    await blobs.put("generations/batch/b1/generations.jsonl", b"text")
    assert (await apply_retention(ports_of(Rows(), blobs, ages_blobs=False))).blobs == AgedBlobs()
    assert (await apply_retention(ports_of(Rows(), blobs))).blobs == AgedBlobs(blobs=1, size_bytes=4)

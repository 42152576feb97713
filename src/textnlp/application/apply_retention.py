"""Let go of what the declaration keeps no longer: rows of the database, and blobs."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from textnlp.application.age_blobs import AgedBlobs, age_blobs
from textnlp.application.remove_old_rows import remove_old_rows
from textnlp.domain.batches.paths import upload_folder
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.row_retention import RowRetention
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.records import BATCHES, DATASET_RUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPorts:
    """What the use cases around retention stand on.

    Attributes:
        ages_blobs: the store of blobs does not apply the lifecycle rules by itself.
        forget_dataset: removes what is left in the folder of a dataset none of whose versions is there.
    """

    rows: RowRetention
    blobs: BlobStore
    clock: Clock
    ages_blobs: bool
    forget_dataset: Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """What was let go of: records by kind, and blobs."""

    records: Mapping[str, int]
    blobs: AgedBlobs


async def apply_retention(ports: RetentionPorts) -> LetGo:
    """Remove what is older than the declaration says, and return what that was; doing it again does no harm.

    Blobs go first, so that a record never leads to less than it did while its time lasts. Raises `UNAVAILABLE` where a
    store is away; what was removed until then stays so.
    """

    async def remove_upload(batch_id: str) -> None:
        async with contextlib.aclosing(ports.blobs.entries(upload_folder(batch_id))) as infos:
            async for info in infos:
                await ports.blobs.delete(info.path)

    rules = TOPOLOGY.lifecycle_rules if ports.ages_blobs else ()
    blobs = await age_blobs(ports.blobs, rules, now=ports.clock.now())
    belongings = {BATCHES: remove_upload, DATASET_RUNS: ports.forget_dataset}
    records = await remove_old_rows(ports.rows, clock=ports.clock, belongings=belongings)
    return LetGo(records=records, blobs=blobs)

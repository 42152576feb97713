"""Make a batch of a stored file of prompts, whoever tells of the file and however often."""

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.end_batch import end_batch
from textnlp.application.ingest_blob import ingest_blob
from textnlp.application.send_slices import send_slices
from textnlp.application.submit_batch import submit_blob
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobInfo
from textnlp.ports.prompt_source import PromptSourceOpener


async def take_in_blob(
    ports: BatchPorts,
    path: str,
    *,
    spec: BatchSpec,
    open_source: PromptSourceOpener,
    slice_rows: int,
) -> Batch | None:
    """Return the batch of the file at `path`, with its slices in the queue; None where the file is gone.

    The same bytes told of twice are one batch: what an earlier call did not get to is done now, and slices that are
    sent again have the message ids that they had, so that the queue drops them within its duplicate window and the
    ledger keeps one result a row after it. A file that is no file of prompts ends in `prompts/quarantine/` with its
    reason. Raises `UNAVAILABLE` where a part is away; calling again goes on from there.
    """
    try:
        blob = await ports.blobs.head(path)
    except TextNLPError as error:
        if error.kind is ErrorKind.NOT_FOUND:
            return None
        raise
    batch = await submit_blob(ports, blob, spec=spec) or await _known(ports, blob)
    if batch is None:
        return None
    if batch.state is BatchState.INGESTING:
        return await _ingested(ports, batch, open_source=open_source, slice_rows=slice_rows)
    if batch.state is BatchState.RUNNING:
        await send_slices(ports, batch.id, await ports.ledger.unfinished_slices(batch.id))
    return batch


async def _known(ports: BatchPorts, blob: BlobInfo) -> Batch | None:
    return await ports.ledger.find_by_source(f"{blob.path}@{blob.etag}")


async def _ingested(ports: BatchPorts, batch: Batch, *, open_source: PromptSourceOpener, slice_rows: int) -> Batch:
    try:
        return await ingest_blob(ports, batch, open_source=open_source, slice_rows=slice_rows)
    except TextNLPError as error:
        if error.kind is ErrorKind.UNAVAILABLE:
            raise
        return await end_batch(ports, batch.id, BatchState.FAILED, reason=error.full_text)

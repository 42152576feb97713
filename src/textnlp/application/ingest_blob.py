"""Turn the stored file of a batch into requests and slices, or put it aside with the reason."""

import asyncio
import dataclasses
import json
import tempfile
from pathlib import Path

from textnlp.application.answer_row import STOPPING_KINDS
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.end_batch import end_batch
from textnlp.application.finish_batch import finish_batch
from textnlp.application.ingest_prompts import file_digest, ingest_prompts
from textnlp.application.send_slices import send_slices
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.paths import quarantine_path
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.prompt_source import PromptSourceOpener

_FAULTS_OF_THE_FILE = frozenset({ErrorKind.INVALID_INPUT, ErrorKind.NOT_FOUND, ErrorKind.TOO_LARGE}) | STOPPING_KINDS


async def ingest_blob(
    ports: BatchPorts,
    batch: Batch,
    *,
    open_source: PromptSourceOpener,
    slice_rows: int,
) -> Batch:
    """Ingest a batch in state `INGESTING` from the blob it names as its source, and queue its slices; return it.

    A file that is no file of prompts fails the batch with the reason, and is moved to `prompts/quarantine/` with
    the reason in a JSON file beside it. The file is copied to a temporary folder for the time of reading it.
    """
    path = blob_path(batch)
    try:
        with tempfile.TemporaryDirectory(prefix="textnlp-") as folder:
            local = Path(folder) / batch.name
            await _download(ports, path, local)
            digest = await asyncio.to_thread(file_digest, local)
            source = await asyncio.to_thread(open_source, local)
            named = dataclasses.replace(batch, source_sha256=digest)
            started = await ingest_prompts(ports, named, source, slice_rows=slice_rows)
    except TextNLPError as error:
        if error.kind not in _FAULTS_OF_THE_FILE:
            raise
        return await _quarantine(ports, batch, path, error)
    await send_slices(ports, batch.id, await ports.ledger.unfinished_slices(batch.id))
    return await finish_batch(ports, started.id)


def blob_path(batch: Batch) -> str:
    """Return the path of the blob that a batch was made from."""
    return (batch.source or "").rsplit("@", 1)[0]


async def _download(ports: BatchPorts, path: str, local: Path) -> None:
    with local.open("wb") as file:
        async for piece in ports.blobs.stream(path):
            await asyncio.to_thread(file.write, piece)


async def _quarantine(ports: BatchPorts, batch: Batch, path: str, error: TextNLPError) -> Batch:
    aside = quarantine_path(batch.id, batch.name)
    reason = {
        "batch_id": batch.id,
        "file": path,
        "code": error.kind.value,
        "message": error.full_text,
        "line": error.facts.line,
        "column": error.facts.column,
        "field": error.facts.field,
        "at": ports.clock.now().isoformat(),
    }
    await ports.blobs.put(f"{aside}.reason.json", json.dumps(reason, indent=1, ensure_ascii=False).encode())
    if error.kind is not ErrorKind.NOT_FOUND:
        await ports.blobs.move(path, aside)
    return await end_batch(ports, batch.id, BatchState.FAILED, reason=error.full_text)

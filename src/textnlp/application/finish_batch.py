"""Write the files of a batch that has no pending row left, or that was cancelled."""

import dataclasses
from typing import Any

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.end_batch import end_batch
from textnlp.domain.batches.manifest import ManifestFacts, batch_manifest
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES, require_balance
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId


async def finish_batch(ports: BatchPorts, batch_id: BatchId) -> Batch:
    """Check the ledger, write the batch's files and its manifest, and move it to its final state; return it.

    A batch without an accepted row ends `FAILED` with its top causes, one that was being cancelled `CANCELLED` with
    what it had. A batch that has ended, or still has rows to ask, is returned as it is, so calling it twice, or from
    two workers, is harmless; so is one that others end while its files are written. Raises `INTERNAL` when the ledger
    does not balance or a file lacks a row.
    """
    batch = await ports.ledger.get(batch_id)
    is_running = batch.state is BatchState.RUNNING and batch.counts.pending > 0
    if is_running or batch.state is BatchState.INGESTING or batch.state in TERMINAL_STATES:
        return batch
    try:
        batch = await ports.ledger.set_state(batch_id, BatchState.FINALIZING, at=ports.clock.now())
    except TextNLPError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        return await ports.ledger.get(batch_id)
    if batch.spec.round is not None:
        return await _close_round(ports, batch)
    if batch.counts.pending:
        return await _write_and_close(ports, batch, BatchState.CANCELLED, reason="Cancelled on request.")
    if batch.counts.accepted:
        return await _write_and_close(ports, batch, BatchState.COMPLETED, reason=None)
    causes = await ports.ledger.causes(batch_id)
    ranked = "; ".join(f"{cause.count} {cause.code.value}: {cause.example}" for cause in causes)
    return await _write_and_close(ports, batch, BatchState.FAILED, reason=f"No row was accepted. {ranked}")


async def _close_round(ports: BatchPorts, batch: Batch) -> Batch:
    """Close a round of a dataset's run, whose rows make up a dataset together with those of other rounds."""
    require_balance(batch.counts, await ports.ledger.recount(batch.id))
    state = BatchState.CANCELLED if batch.counts.pending else BatchState.COMPLETED
    reason = "A limit of the run was reached." if batch.counts.pending else None
    return await _ended(ports, batch, state, reason=reason)


async def _write_and_close(ports: BatchPorts, batch: Batch, state: BatchState, *, reason: str | None) -> Batch:
    recounted = await ports.ledger.recount(batch.id)
    require_balance(batch.counts, recounted)
    files = await ports.results.write(batch.output_prefix, ports.ledger.stream(batch.id))
    written = sum(file.rows for file in files if file.name.endswith(".jsonl"))
    if written != batch.counts.done:
        raise TextNLPError(
            f"The files of {batch.id} hold {written} rows, its ledger {batch.counts.done}.",
            kind=ErrorKind.INTERNAL,
        )
    ended = dataclasses.replace(batch, state=state, reason=reason, finished_at=ports.clock.now())
    manifest: dict[str, Any] = batch_manifest(
        ended,
        ManifestFacts(files=tuple(files), causes=tuple(await ports.ledger.causes(batch.id))),
    )
    await ports.results.write_manifest(batch.output_prefix, manifest)
    return await _ended(ports, batch, state, reason=reason)


async def _ended(ports: BatchPorts, batch: Batch, state: BatchState, *, reason: str | None) -> Batch:
    """End the batch, or return it as others have left it meanwhile: ended by a limit of its run, or set going again."""
    try:
        return await end_batch(ports, batch.id, state, reason=reason)
    except TextNLPError as error:
        found = await ports.ledger.get(batch.id)
        if error.kind is not ErrorKind.CONFLICT or found.state is BatchState.FINALIZING:
            raise
        return found

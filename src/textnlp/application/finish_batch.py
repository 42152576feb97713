"""Write the files of a batch that has no pending row left, or that was cancelled."""

import dataclasses
from typing import Any

from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.manifest import ManifestFacts, batch_manifest
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES, require_balance
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId


async def finish_batch(ports: BatchPorts, batch_id: BatchId) -> Batch:
    """Check the ledger, write the batch's files and its manifest, and move it to its final state; return it.

    A batch without an accepted row ends `FAILED` with its top causes, one that was being cancelled `CANCELLED` with
    what it had. A batch that has ended, or still has rows to ask, is returned as it is, so calling it twice, or from
    two workers, is harmless. Raises `INTERNAL` when the ledger does not balance or a file lacks a row.
    """
    batch = await ports.ledger.get(batch_id)
    if batch.state in TERMINAL_STATES:
        return batch
    if batch.state is BatchState.CANCELLING:
        return await _write_and_close(ports, batch, BatchState.CANCELLED, reason="Cancelled on request.")
    if batch.counts.pending:
        return batch
    if batch.state is BatchState.RUNNING:
        batch = await ports.ledger.set_state(batch_id, BatchState.FINALIZING, at=ports.clock.now())
    if batch.counts.accepted:
        return await _write_and_close(ports, batch, BatchState.COMPLETED, reason=None)
    causes = await ports.ledger.causes(batch_id)
    reason = "No row was accepted. " + "; ".join(
        f"{cause.count} {cause.code.value}: {cause.example}" for cause in causes
    )
    return await _write_and_close(ports, batch, BatchState.FAILED, reason=reason)


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
    return await ports.ledger.set_state(batch.id, state, at=ports.clock.now(), reason=reason)

"""Pause, resume, cancel or extend a dataset in the making."""

from textnlp.application.dataset_ports import DatasetPorts
from textnlp.application.end_batch import end_batch
from textnlp.domain.batches.model import BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.datasets.run import round_source
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import RunId


async def pause_run(ports: DatasetPorts, run_id: RunId) -> StoredRun:
    """Let nothing more be begun; answers of calls in flight are kept for whoever asks the same again."""
    run = await ports.store.get(run_id)
    paused = await _saved(ports, run, run.paused())
    await end_rounds(ports, run_id, reason="The dataset is paused.")
    return paused


async def resume_run(ports: DatasetPorts, run_id: RunId) -> StoredRun:
    """Let a run go on where it is, one that failed as well."""
    run = await ports.store.get(run_id)
    return await _saved(ports, run, run.resumed())


async def cancel_run(ports: DatasetPorts, run_id: RunId) -> StoredRun:
    """Give a run up; versions that it has left stay."""
    run = await ports.store.get(run_id)
    cancelled = await _saved(ports, run, run.cancelled(ports.batches.clock.now()))
    await end_rounds(ports, run_id, reason="The dataset is cancelled.")
    return cancelled


async def extend_run(ports: DatasetPorts, run_id: RunId, *, rows: int) -> StoredRun:
    """Let a run make more rows for a further version, from the candidates that there are and new ones."""
    run = await ports.store.get(run_id)
    return await _saved(ports, run, run.extended(rows))


async def end_rounds(ports: DatasetPorts, run_id: RunId, *, reason: str) -> None:
    """End the round of a run that is being worked on, where there is one."""
    number = 0
    while (batch := await ports.batches.ledger.find_by_source(round_source(run_id, number))) is not None:
        if batch.state is not BatchState.INGESTING and batch.state not in TERMINAL_STATES:
            try:
                await end_batch(ports.batches, batch.id, BatchState.FAILED, reason=reason)
            except TextNLPError as error:
                if error.kind is not ErrorKind.CONFLICT:
                    raise
        number += 1


async def _saved(ports: DatasetPorts, run: StoredRun, changed: StoredRun) -> StoredRun:
    """Store a change; raises `CONFLICT` where the run has changed meanwhile."""
    if changed == run:
        return run
    if not await ports.store.save(changed, was=run.state):
        raise TextNLPError(f"{run.id} changed meanwhile; look at it again.", kind=ErrorKind.CONFLICT)
    return changed

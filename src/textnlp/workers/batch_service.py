"""The process that works on batches."""

import asyncio
import contextlib
import logging
from functools import partial
from typing import cast

from textnlp.application.answer_candidate import CandidateAnswerer
from textnlp.application.batch_ports import BatchPorts, EngineFinder
from textnlp.application.fail_dead_slices import fail_dead_slices
from textnlp.application.finish_batch import finish_batch
from textnlp.application.recover_batches import recover_batches
from textnlp.application.work_slices import SliceWorker, WorkerFigures, WorkerOptions, lanes_for
from textnlp.bootstrap.dataset_runs import CandidateMakers
from textnlp.bootstrap.platform import Platform
from textnlp.domain.batches.model import Batch, RowState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId
from textnlp.domain.usage.account import Account
from textnlp.ports.meter import Reading
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.metrics import LEDGER_IMBALANCE, ROWS_RECORDED

_LOG = logging.getLogger(__name__)
_SWEEP_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0


async def serve_batches(platform: Platform) -> None:
    """Take up what was left behind, then work on slices until cancelled.

    A worker that ends because database or queue stay away is started again, after a pause that grows.
    """
    pause = _FIRST_PAUSE_SECONDS
    figures = WorkerFigures()
    imbalances: dict[str, int] = {}
    platform.meter.observe(ROWS_RECORDED, read=lambda: _rows(figures))
    platform.meter.observe(LEDGER_IMBALANCE, read=lambda: _imbalances(imbalances))
    while True:
        try:
            await _serve_once(platform, figures, imbalances)
        except* TextNLPError as errors:
            if not all(_is_away(error) for error in errors.exceptions):
                raise
            _LOG.warning("Batch worker waits %.1f s: %s", pause, errors.exceptions[0])
        await platform.clock.sleep(pause)
        pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)


async def _serve_once(platform: Platform, figures: WorkerFigures, imbalances: dict[str, int]) -> None:
    ports = platform.batch_ports

    async def on_batch_end(batch_id: BatchId) -> None:
        try:
            batch = await finish_batch(ports, batch_id)
        except TextNLPError as error:
            if error.kind is ErrorKind.INTERNAL:
                imbalances[batch_id] = await _imbalance(ports, batch_id)
            raise
        _LOG.info("%s is %s: %s.", batch.id, batch.state.value, batch.counts)

    engine = platform.engines.find(platform.default_model)
    makers = CandidateMakers(platform)
    worker = SliceWorker(
        ports=ports,
        engines_for=partial(_charged_to, platform),
        options=WorkerOptions(
            lanes=lanes_for(engine.max_concurrency),
            timeout_seconds=TOPOLOGY.limits.attempt_timeout_seconds,
        ),
        on_batch_end=on_batch_end,
        answer_candidate=CandidateAnswerer(maker_of=makers.maker_of).answer,
        settled=platform.gateway.recorder.settled,
        figures=figures,
    )
    async with contextlib.aclosing(makers), asyncio.TaskGroup() as tasks:
        await recover_batches(ports)
        tasks.create_task(worker.run(), name="worker")
        tasks.create_task(_sweep(platform), name="dead slices")


def _charged_to(platform: Platform, batch: Batch) -> EngineFinder:
    account = Account(tenant=batch.tenant, caller=batch.caller, route="batch", batch_id=batch.id)
    return partial(platform.charged_engine, account=account)


def _rows(figures: WorkerFigures) -> list[Reading]:
    states = (RowState.ACCEPTED, RowState.REJECTED, RowState.FAILED)
    counts = (figures.accepted, figures.rejected, figures.failed)
    return [((state.value,), count) for state, count in zip(states, counts, strict=True)]


async def _imbalance(ports: BatchPorts, batch_id: BatchId) -> int:
    """Return the rows that the counts of a batch have too many, by its stored outcomes."""
    return (await ports.ledger.get(batch_id)).counts.done - (await ports.ledger.recount(batch_id)).done


def _imbalances(found: dict[str, int]) -> list[Reading]:
    """Return what is wrong by batch, or that nothing is, without naming one."""
    return [((batch_id,), rows) for batch_id, rows in found.items()] or [(("",), 0)]


async def _sweep(platform: Platform) -> None:
    while True:
        await platform.clock.sleep(_SWEEP_SECONDS)
        await fail_dead_slices(platform.batch_ports)


def _is_away(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        return all(_is_away(inner) for inner in group.exceptions)
    return isinstance(error, TextNLPError) and error.kind is ErrorKind.UNAVAILABLE

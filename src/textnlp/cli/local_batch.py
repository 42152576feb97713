"""A batch run in this process, from the order on the command line to the finished folder."""

import asyncio
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textnlp.application.continue_batch import continue_batch
from textnlp.application.finish_batch import finish_batch
from textnlp.application.ingest_prompts import file_digest
from textnlp.application.run_worker import run_worker_until
from textnlp.application.served_engine import ServedEngine
from textnlp.application.work_slices import SliceWorker, WorkerOptions, lanes_for
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.platform import (
    Platform,
    PlatformOptions,
    default_model,
    endpoint_name,
    open_platform,
    open_prompts,
)
from textnlp.cli.model_progress import ensure_model
from textnlp.cli.progress import ProgressSnapshot, ProgressView
from textnlp.cli.run_directory import RunDirectory, RunRecord
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.batches.paths import requests_path
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Parameters
from textnlp.domain.identifiers import BatchId, new_batch_id
from textnlp.ports.prompt_source import PromptSource
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY

RESULT_FILES = ["generations.jsonl", "generations.parquet", "errors.jsonl", "manifest.json"]
_SHOW_SECONDS = 0.125


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """What the command line asked for."""

    source: Path
    parameters: Parameters
    response_schema: dict[str, Any] | None
    timeout_seconds: float
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    retry_failed: bool = False
    restart: bool = False


class LocalBatch:
    """Begins or resumes the batch of a run directory and works on it until it has ended."""

    def __init__(self, settings: Settings, order: BatchOrder, directory: RunDirectory, view: ProgressView) -> None:
        self._settings = settings
        self._order = order
        self._directory = directory
        self._view = view
        self._model = settings.model or default_model(settings)

    async def run(self) -> Batch:
        """Return the batch as it ended; raises `CONFLICT` when the folder holds a run of something else."""
        if self._order.restart:
            self._directory.forget(RESULT_FILES)
        source = open_prompts(self._order.source)
        digesting = asyncio.create_task(asyncio.to_thread(file_digest, self._order.source))
        await ensure_model(self._settings, self._model, self._view)
        record = self._directory.record()
        batch_id = record.batch_id if record else new_batch_id(SYSTEM_CLOCK.now())
        async with open_platform(self._settings, self._options(batch_id)) as platform:
            identity = self._identity(await digesting)
            if record is not None:
                self._directory.require_same(identity, record)
            self._directory.save(RunRecord(batch_id=batch_id, identity=identity))
            batch = await self._found_or_created(platform, batch_id, source_sha256=identity["input"])
            return await self._finish(platform, batch, source)

    async def _finish(self, platform: Platform, batch: Batch, source: PromptSource) -> Batch:
        """Take the batch to its end, and find out meanwhile whether the engine answers at all."""
        ports = platform.batch_ports
        checking = asyncio.create_task(platform.engines.find(self._model).check(), name="engine check")
        try:
            batch = await continue_batch(
                ports,
                batch,
                source,
                slice_rows=TOPOLOGY.limits.slice_rows,
                retry_failed=self._order.retry_failed,
            )
            if batch.state is BatchState.RUNNING:
                await checking
                await self._work(platform, batch)
        finally:
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)
        return await ports.ledger.get(batch.id)

    async def _work(self, platform: Platform, batch: Batch) -> None:
        ended = asyncio.Event()
        ports = platform.batch_ports

        async def on_batch_end(batch_id: BatchId) -> None:
            await finish_batch(ports, batch_id)
            ended.set()

        engine = platform.engines.find(self._model)
        worker = SliceWorker(
            ports=ports,
            engines_for=lambda _: platform.engines.find,
            options=WorkerOptions(
                lanes=lanes_for(engine.max_concurrency),
                timeout_seconds=self._order.timeout_seconds,
            ),
            on_batch_end=on_batch_end,
        )
        showing = asyncio.create_task(self._show(worker, engine, batch), name="progress")
        try:
            await run_worker_until(worker, ended)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            self._view.show(_snapshot(worker, engine, batch))

    async def _show(self, worker: SliceWorker, engine: ServedEngine, batch: Batch) -> None:
        while True:
            self._view.show(_snapshot(worker, engine, batch))
            await SYSTEM_CLOCK.sleep(_SHOW_SECONDS)

    async def _found_or_created(self, platform: Platform, batch_id: BatchId, *, source_sha256: str) -> Batch:
        ledger = platform.batch_ports.ledger
        try:
            return await ledger.get(batch_id)
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
        batch = Batch(
            id=batch_id,
            name=self._order.source.name,
            state=BatchState.INGESTING,
            spec=BatchSpec(
                model=self._model,
                parameters=self._order.parameters,
                response_schema=self._order.response_schema,
                endpoint=endpoint_name(self._settings),
            ),
            created_at=SYSTEM_CLOCK.now(),
            source_sha256=source_sha256,
            requests_path=requests_path(batch_id),
        )
        await ledger.create(batch)
        return batch

    def _identity(self, source_sha256: str) -> dict[str, Any]:
        """Return what decides every request of the run, in JSON's own types."""
        parameters = {
            name: value
            for name, value in dataclasses.asdict(self._order.parameters).items()
            if value is not None and value != ()
        }
        return {
            "input": source_sha256,
            "model": self._model,
            "endpoint": endpoint_name(self._settings),
            "parameters": parameters,
            "schema": self._order.response_schema,
        }

    def _options(self, batch_id: BatchId) -> PlatformOptions:
        return PlatformOptions(
            namespace=batch_id,
            results_root=self._directory.path,
            requests_per_minute=self._order.requests_per_minute,
            tokens_per_minute=self._order.tokens_per_minute,
        )


def _snapshot(worker: SliceWorker, engine: ServedEngine, batch: Batch) -> ProgressSnapshot:
    """Add what this process recorded to what the batch had when it was taken up."""
    gate = engine.figures()
    figures = worker.figures
    return ProgressSnapshot(
        total=batch.counts.input,
        accepted=batch.counts.accepted + figures.accepted,
        rejected=batch.counts.rejected + figures.rejected,
        failed=batch.counts.failed + figures.failed,
        tokens=figures.prompt_tokens + figures.completion_tokens,
        in_flight=gate.in_flight,
        limit=gate.limit,
        refused=gate.refused,
        is_waiting_for_capacity=gate.is_waiting_for_capacity,
    )

"""The keeper of datasets: sees each through, from its recipe to its version."""

import asyncio
import dataclasses
import logging

from textnlp.application.change_run import end_rounds
from textnlp.application.cover_topics import cover_topics
from textnlp.application.dataset_ports import DatasetPorts, OpenRun
from textnlp.application.end_batch import end_batch
from textnlp.application.finish_dataset import VersionPlace, finish_dataset
from textnlp.application.run_dataset import CollectedRows, DatasetRunner
from textnlp.application.watch_run import RunWatch
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.stored_run import RunProgress, RunState, RunVersion, StoredRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE
from textnlp.domain.identifiers import RunId

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
_PAUSE_AFTER_ERROR_SECONDS = 15.0
_SLICE_ROWS = 50
_REASONS_SHOWN = 5
_SHARE_OF_COUNTING = 0.05
"""Counting candidates takes no more than this share of the time, however many there are."""


class _RunLeftError(Exception):
    """The run is not to go on: it was paused, cancelled or taken to its end by another process."""


class DatasetKeeper:
    """Takes up runs that are to go on, whoever began them, and makes their rounds one after the other.

    Candidates are made by the workers of batches, here or elsewhere; the keeper draws them, watches the run's limits
    and writes the version. Everything it knows is in the store and the ledger, so another process can take over at any
    moment, and several may run. While something is away it tries again; what is wrong with one run fails that one.
    """

    def __init__(self, ports: DatasetPorts) -> None:
        self._ports = ports
        self._clock = ports.batches.clock
        self._in_hand = dict[RunId, float]()

    async def run(self) -> None:
        """Keep datasets until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                for stored in await self._due():
                    self._in_hand[stored.id] = float("inf")
                    tasks.create_task(self._keep(stored), name=f"dataset {stored.id}")
                await self._clock.sleep(_LOOK_SECONDS)

    async def _due(self) -> list[StoredRun]:
        """Return the runs that are neither in hand nor at rest, none while the store is away."""
        now = self._clock.monotonic()
        self._in_hand = {run: until for run, until in self._in_hand.items() if until > now}
        due: list[StoredRun] = []
        after: RunId | None = None
        try:
            while page := await self._ports.store.running(after=after):
                due += [stored for stored in page if stored.id not in self._in_hand]
                after = page[-1].id
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                _LOG.error("Looking for datasets went wrong.", exc_info=error)
        return due

    async def _keep(self, stored: StoredRun) -> None:
        rest = 0.0
        try:
            async with self._ports.open_run(stored) as opened:
                await _Making(self._ports, stored, opened).run()
        except _RunLeftError:
            _LOG.info("%s does not go on here.", stored.id)
        except TextNLPError as error:
            rest = _PAUSE_AFTER_ERROR_SECONDS
            if error.kind is not ErrorKind.UNAVAILABLE:
                await self._failed(stored, error.full_text)
        except Exception as exc:  # noqa: BLE001  one dataset must never keep the others from going on
            _LOG.exception("Making %s went wrong.", stored.id)
            rest = _PAUSE_AFTER_ERROR_SECONDS
            await self._failed(stored, f"{type(exc).__name__}: {exc}")
        finally:
            self._in_hand[stored.id] = self._clock.monotonic() + rest

    async def _failed(self, stored: StoredRun, reason: str) -> None:
        """Note that a run cannot go on, unless that cannot be noted either: then it is tried again."""
        try:
            latest = await self._ports.store.get(stored.id)
            await self._ports.store.save(
                latest.ended(RunState.FAILED, self._clock.now(), reason=reason), was=RunState.RUNNING
            )
            await end_rounds(self._ports, stored.id, reason=reason)
        except TextNLPError as error:
            _LOG.warning("%s could not be marked as failed: %s", stored.id, error.message)


class _Making:
    """The making of one run, in this process, until it has ended or is left."""

    def __init__(self, ports: DatasetPorts, stored: StoredRun, opened: OpenRun) -> None:
        self._ports = ports
        self._clock = ports.batches.clock
        self._stored = stored
        self._opened = opened
        self._watch = RunWatch(opened.run.recipe.accept, cost_of=opened.cost_of, clock=self._clock)
        self._runner = DatasetRunner(
            ports.batches, opened.run, opened.draws, watch=self._watch, work=self._work, slice_rows=_SLICE_ROWS
        )

    async def run(self) -> None:
        collected = await self._runner.collect()
        version = await self._written(collected)
        counts = collected.selection.counts
        progress = dataclasses.replace(
            self._progress(),
            candidates=counts.candidates,
            accepted=counts.accepted,
            rejected=counts.rejected,
            failed=counts.failed,
            surplus=counts.surplus,
            reasons=collected.selection.reasons()[:_REASONS_SHOWN],
        )
        written = RunVersion(
            number=version.version,
            rows=counts.accepted,
            written_at=self._clock.now(),
            stopped_by=collected.stopped_by,
        )
        state = RunState.COMPLETED if collected.stopped_by is None else RunState.STOPPED
        ended = self._stored.ended(state, self._clock.now(), reason=collected.stopped_by)
        ended = dataclasses.replace(ended, progress=progress, versions=(*self._stored.versions, written))
        if not await self._ports.store.save(ended, was=RunState.RUNNING):
            raise _RunLeftError
        _LOG.info("%s is %s: %s.", ended.id, ended.state.value, counts)

    async def _work(self, batch: Batch) -> None:
        """Wait until the workers have made a round, and stop it at a limit."""
        counted_until = 0.0
        while True:
            await self._require_running()
            began = self._clock.monotonic()
            if batch.state in TERMINAL_STATES or began >= counted_until:
                await self._runner.counter.count(batch)
                took = self._clock.monotonic() - began
                counted_until = began + took / _SHARE_OF_COUNTING
            if batch.state in TERMINAL_STATES:
                break
            if (limit := self._watch.reached()) is not None:
                await end_batch(self._ports.batches, batch.id, BatchState.FAILED, reason=limit)
            await self._clock.sleep(_LOOK_SECONDS)
            batch = await self._ports.batches.ledger.get(batch.id)
        if batch.counts.pending and self._watch.stopped_by is None:
            await self._require_running()
            raise TextNLPError(batch.reason or f"{batch.id} ended early.", kind=ErrorKind.CONFLICT)

    async def _require_running(self) -> None:
        """Store how far the run is; leave it where it is no longer running."""
        if not await self._still_runs():
            await end_rounds(self._ports, self._stored.id, reason="The dataset does not go on.")
            raise _RunLeftError

    async def _still_runs(self) -> bool:
        progress = self._progress()
        if progress == self._stored.progress:
            return (await self._ports.store.get(self._stored.id)).state is RunState.RUNNING
        self._stored = dataclasses.replace(self._stored, progress=progress)
        return await self._ports.store.save(self._stored, was=RunState.RUNNING)

    def _progress(self) -> RunProgress:
        watch = self._watch
        usage = NO_USAGE
        for use in watch.columns.values():
            usage = usage.plus(use.charged_usage)
        return RunProgress(
            candidates=watch.figures.candidates,
            accepted=watch.passed_rows,
            rejected=watch.rejected_rows,
            failed=watch.failed_rows,
            usage=usage,
            cost=watch.figures.cost,
            reasons=self._stored.progress.reasons,
        )

    async def _written(self, collected: CollectedRows) -> DatasetVersion:
        """Write the next version, or take the one that a process wrote that died before it could say so."""
        number = len(self._stored.versions) + 1
        folder = self._ports.folder(self._stored.id, number)
        place = VersionPlace(
            folder=folder,
            version=number,
            document=self._opened.document,
            generator=self._ports.generator,
            at=self._clock.now(),
            extra=await cover_topics(self._runner, collected, self._opened.tree),
        )
        try:
            return await finish_dataset(self._ports.files, self._runner, collected, place)
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONFLICT:
                raise
            return await asyncio.to_thread(self._ports.read_version, folder)

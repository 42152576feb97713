"""The batch worker: slices in, recorded outcomes out, many calls in flight across slices."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from textnlp.application.answer_row import STOPPING_KINDS, answer_row, failed_outcome
from textnlp.application.batch_ports import BatchPorts, EngineFinder
from textnlp.application.end_batch import end_batch
from textnlp.application.feed_slices import ActiveSlice, SliceFeed, settle_quietly
from textnlp.application.record_outcomes import OutcomeRecorder
from textnlp.application.settled_waiters import Settled, nothing_to_settle
from textnlp.domain.batches.model import Batch, BatchState, LedgerCounts, PromptRow, RowOutcome, RowState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId
from textnlp.topology.spans import BATCH_ID
from textnlp.topology.telemetry import TRACED_ROWS_A_SLICE

_RENEWALS_PER_LOCK = 3
_WATCH_SECONDS = 1.0
_SETTLE_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """How a worker works, none of which changes what it writes.

    Attributes:
        lanes: rows that may be open together: in flight, waiting for their turn, or backing off.
        timeout_seconds: how long one call may take.
        linger_seconds: how long a finished row waits for company before it is committed.
    """

    lanes: int
    timeout_seconds: float = 120.0
    linger_seconds: float = 0.02


@dataclass(slots=True)
class WorkerFigures:
    """Running totals of one worker since it started."""

    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def count(self, outcome: RowOutcome) -> None:
        """Add a recorded outcome."""
        self.accepted += outcome.state is RowState.ACCEPTED
        self.rejected += outcome.state is RowState.REJECTED
        self.failed += outcome.state is RowState.FAILED
        self.prompt_tokens += outcome.usage.prompt_tokens
        self.completion_tokens += outcome.usage.completion_tokens


def lanes_for(max_concurrency: int) -> int:
    """Return how many lanes keep a deployment busy: twice its calls, for rows that wait, back off or straggle."""
    return 2 * max_concurrency + 8


RowAnswerer = Callable[[PromptRow, Batch], Awaitable[RowOutcome]]
"""Answers a row of a batch whose rows are no prompts; raises only errors that every row would meet."""

BatchEnd = Callable[[BatchId], Awaitable[None]]
"""Does what is left to do once no row of a batch is pending."""


@dataclass(slots=True)
class SliceWorker:
    """Works on slices of any batch until it is cancelled.

    A slice is completed after its last row is committed, never before, so a worker that is killed loses nothing
    that was recorded. An error that every row would meet fails the batch and leaves its rows pending. `run` ends
    with an error only when ledger or queue stay away for long, or misbehave.

    Attributes:
        settled: no outcome is stored before the usage of its calls is.
    """

    ports: BatchPorts
    engines_for: Callable[[Batch], EngineFinder]
    options: WorkerOptions
    on_batch_end: BatchEnd
    answer_candidate: RowAnswerer | None = None
    settled: Settled = nothing_to_settle
    figures: WorkerFigures = field(default_factory=WorkerFigures)
    _feed: SliceFeed = field(init=False)
    _recorder: OutcomeRecorder = field(init=False)
    _stopping: set[BatchId] = field(default_factory=set[BatchId])
    _open: Counter[BatchId] = field(default_factory=Counter[BatchId])
    _rows: dict[BatchId, dict[int, ActiveSlice]] = field(default_factory=dict[BatchId, dict[int, ActiveSlice]])

    def __post_init__(self) -> None:
        self._feed = SliceFeed(self.ports, rows_ahead=2 * self.options.lanes)
        self._recorder = OutcomeRecorder(
            self.ports.ledger,
            clock=self.ports.clock,
            on_recorded=self._on_recorded,
            linger_seconds=self.options.linger_seconds,
            most_waiting=max(16, self.options.lanes),
            settled=self.settled,
        )

    async def run(self) -> None:
        """Work until cancelled; on the way out record what is answered and give back the slices in hand."""
        recording = asyncio.create_task(self._recorder.run(), name="recorder")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._feed.run(), name="feed")
                tasks.create_task(self._renew_locks(), name="renewer")
                tasks.create_task(self._watch_states(), name="watcher")
                tasks.create_task(_pass_errors_on(recording), name="recorder watch")
                for number in range(self.options.lanes):
                    tasks.create_task(self._lane(), name=f"lane {number}")
        finally:
            self._recorder.close()
            await asyncio.shield(recording)
            for active in self._feed.active.values():
                active.span.end()
            for message in self._feed.messages_in_hand():
                await settle_quietly(self.ports.queue.abandon(message))

    async def _lane(self) -> None:
        """Ask rows, one after the other."""
        recorder = self._recorder
        while True:
            if not recorder.has_room:
                await recorder.room()
            row, active = await self._feed.take()
            if active.is_stopped or active.batch.id in self._stopping:
                continue
            if row.index - active.part.first_row < TRACED_ROWS_A_SLICE:
                with self.ports.tracer.within(active.span):
                    outcome = await self._counted_outcome(row, active)
            else:
                outcome = await self._counted_outcome(row, active)
            if outcome is not None and not active.is_stopped:
                self._rows.setdefault(active.batch.id, {})[row.index] = active
                recorder.add(active.batch.id, outcome)

    async def _counted_outcome(self, row: PromptRow, active: ActiveSlice) -> RowOutcome | None:
        """Return the row's outcome, counting it among the open ones, or None when its batch was stopped instead."""
        batch_id = active.batch.id
        self._open[batch_id] += 1
        try:
            outcome = await self._outcome(row, active)
        except TextNLPError as error:
            if error.kind not in STOPPING_KINDS:
                raise
            stopping = error
        else:
            return outcome
        finally:
            self._open[batch_id] -= 1
        await self._stop_batch(batch_id, stopping)
        return None

    async def _outcome(self, row: PromptRow, active: ActiveSlice) -> RowOutcome:
        """Return the row's outcome; raises only the errors of `STOPPING_KINDS`."""
        try:
            if active.batch.spec.round is not None:
                return await self._made(row, active.batch)
            return await answer_row(
                row,
                active.batch.spec,
                find_engine=self.engines_for(active.batch),
                timeout_seconds=self.options.timeout_seconds,
                clock=self.ports.clock,
                sticky_key=f"{active.batch.id}/{row.id}",
            )
        except TextNLPError as error:
            if error.kind in STOPPING_KINDS:
                raise
            return failed_outcome(row, error)
        except Exception as exc:  # noqa: BLE001  a row must never take the worker down with it
            error = TextNLPError(f"{type(exc).__name__}: {exc}", kind=ErrorKind.INTERNAL)
            return failed_outcome(row, error)

    async def _made(self, row: PromptRow, batch: Batch) -> RowOutcome:
        """Return the outcome of a candidate, which is no prompt."""
        if self.answer_candidate is None:
            raise TextNLPError("This worker makes no datasets.", kind=ErrorKind.INTERNAL)
        return await self.answer_candidate(row, batch)

    async def _stop_batch(self, batch_id: BatchId, error: TextNLPError) -> None:
        """Fail a batch that cannot go on; its slices are completed, a later `reopen` sends them again.

        The state changes first, so that no further slice of the batch is begun; other rows that meet the same error
        meanwhile find it being stopped.
        """
        if batch_id in self._stopping:
            return
        self._stopping.add(batch_id)
        try:
            if error.kind is ErrorKind.LIMIT_REACHED:
                await self._settled(batch_id)
            await end_batch(self.ports, batch_id, BatchState.FAILED, reason=error.full_text)
        except TextNLPError as conflict:
            if conflict.kind is not ErrorKind.CONFLICT:
                raise
        finally:
            self._stopping.discard(batch_id)
        await self._drop(batch_id)

    async def _settled(self, batch_id: BatchId) -> None:
        """Return once the rows of a batch that are open are recorded: at a limit nothing is wrong with them."""
        while self._open[batch_id] > 0 or self._rows.get(batch_id):
            await self.ports.clock.sleep(_SETTLE_SECONDS)

    async def _drop(self, batch_id: BatchId) -> None:
        """Complete the slices of a batch that no longer runs, and have its end looked after."""
        dropped = self._feed.drop_batch(batch_id)
        if dropped:
            await settle_quietly(self.ports.queue.complete([active.message for active in dropped]))
            await self.on_batch_end(batch_id)

    async def _on_recorded(
        self,
        batch_id: BatchId,
        outcomes: Sequence[RowOutcome],
        counts: LedgerCounts,
    ) -> None:
        """Complete the slices whose last row is committed, and end the batch when none is pending."""
        now = self.ports.clock.monotonic()
        rows = self._rows.get(batch_id, {})
        done: list[ActiveSlice] = []
        for outcome in outcomes:
            self.figures.count(outcome)
            active = rows.pop(outcome.row_index, None)
            if active is None:
                continue
            active.remaining -= 1
            active.progressed_at = now
            if active.remaining == 0:
                done.append(active)
        if done:
            for active in done:
                self._feed.active.pop(active.message.sequence_number, None)
            with self.ports.tracer.within(done[-1].span):
                await settle_quietly(self.ports.queue.complete([active.message for active in done]))
        if counts.pending == 0:
            self._rows.pop(batch_id, None)
            await self._finish(batch_id, done)
        for active in done:
            active.span.end()

    async def _finish(self, batch_id: BatchId, done: Sequence[ActiveSlice]) -> None:
        """Have the end of a batch looked after, in the trace of the slice that was the last."""
        tracer = self.ports.tracer
        place = done[-1].span.traceparent if done else ""
        with (
            tracer.begin("finish batch", attributes={BATCH_ID: batch_id}, parent=place) as span,
            tracer.within(span),
        ):
            await self.on_batch_end(batch_id)

    async def _renew_locks(self) -> None:
        """Keep the locks of slices that make progress; one that makes none for a whole lease is let go."""
        while True:
            await self.ports.clock.sleep(self.ports.lock_seconds / _RENEWALS_PER_LOCK)
            now = self.ports.clock.monotonic()
            for active in list(self._feed.active.values()):
                if now - active.progressed_at < self.ports.lease_seconds:
                    await settle_quietly(self.ports.queue.renew(active.message))

    async def _watch_states(self) -> None:
        """Notice batches that were cancelled or failed elsewhere, within a second."""
        while True:
            await self.ports.clock.sleep(_WATCH_SECONDS)
            for batch_id in self._feed.active_batches():
                try:
                    batch = await self.ports.ledger.get(batch_id)
                except TextNLPError as error:
                    if error.kind is not ErrorKind.UNAVAILABLE:
                        raise
                    continue
                if batch.state is not BatchState.RUNNING:
                    await self._drop(batch_id)


async def _pass_errors_on(task: asyncio.Task[None]) -> None:
    """Raise what ended `task`, without ending it when this is cancelled."""
    await asyncio.shield(task)

"""Make a dataset: rounds of candidates until exactly as many rows are accepted as are wanted."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.count_round import RoundCounter
from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.plan_round import RoundPlan, plan_round
from textnlp.application.recover_batches import recover_batches, reopen_batch
from textnlp.application.watch_run import RunWatch
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.datasets.candidate import decode_candidate
from textnlp.domain.datasets.model import DatasetRow
from textnlp.domain.datasets.round_size import most_candidates, passed_rows, round_size
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.datasets.selection import Selection
from textnlp.domain.datasets.stop_rules import reached_candidates
from textnlp.domain.errors import ErrorKind, TextNLPError

_ROWS_A_PAGE = 500

Work = Callable[[Batch], Awaitable[None]]
"""Works on a round in state `RUNNING` until it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedRows:
    """What a run has come to.

    Attributes:
        selection: which candidates were chosen; complete where its `wanted` is 0.
        rounds: the batches whose candidates those are, in order.
        stopped_by: the limit that ended the run before its target; None where none did.
    """

    selection: Selection
    rounds: tuple[Batch, ...]
    stopped_by: str | None


class DatasetRunner:
    """Runs the rounds of one dataset on the batch engine.

    Everything that was made is in the ledger, so a process that is killed goes on where it was: rounds are found by
    their number, and the same candidates are chosen again. A run that has its rows makes no further round, and one that
    is to have more rows goes on from the candidates that it has.
    """

    def __init__(
        self,
        ports: BatchPorts,
        run: DatasetRun,
        draws: CandidateDraws,
        *,
        watch: RunWatch,
        work: Work,
        slice_rows: int,
    ) -> None:
        self._ports = ports
        self.run = run
        self._draws = draws
        self.watch = watch
        self.counter = RoundCounter(ports.ledger, watch)
        self._work = work
        self._slice_rows = slice_rows

    async def collect(self) -> CollectedRows:
        """Make rounds until the rows are there or a limit is reached; raises what stops every row."""
        selection = Selection(self.run.recipe)
        rounds: list[Batch] = []
        tried = 0
        while selection.wanted > 0:
            number = len(rounds)
            batch = await self._ports.ledger.find_by_source(self.run.round_source(number))
            is_planned = batch is not None and batch.state is not BatchState.INGESTING
            if batch is None or not is_planned:
                if (stopped_by := self._reached_limit(tried)) is not None:
                    return CollectedRows(selection=selection, rounds=tuple(rounds), stopped_by=stopped_by)
                batch = await self._next_round(selection, number=number, first=tried)
            batch = await self._finished(batch, is_found=is_planned)
            rounds.append(batch)
            tried += batch.counts.input
            await self._feed(selection, batch)
            if batch.counts.pending and selection.wanted > 0:
                return CollectedRows(selection=selection, rounds=tuple(rounds), stopped_by=self._stop_of(batch))
        return CollectedRows(selection=selection, rounds=tuple(rounds), stopped_by=None)

    async def rows(self, rounds: Sequence[Batch]) -> AsyncGenerator[Sequence[DatasetRow]]:
        """Yield the rows of some rounds with what became of each, by candidate."""
        selection = Selection(self.run.recipe)
        page: list[DatasetRow] = []
        for batch in rounds:
            async for outcomes in self._ports.ledger.stream(batch.id):
                for outcome in outcomes:
                    page += selection.decide(decode_candidate(outcome.record))
                    if len(page) >= _ROWS_A_PAGE:
                        yield page
                        page = []
        yield page

    def _reached_limit(self, tried: int) -> str | None:
        return self.watch.reached() or reached_candidates(self.run.recipe.accept, tried)

    async def _next_round(self, selection: Selection, *, number: int, first: int) -> Batch:
        acceptance = self.run.recipe.accept
        count = round_size(
            wanted=selection.wanted,
            tried=selection.counts.candidates,
            passed=passed_rows(selection.counts),
            most=most_candidates(acceptance.rows, acceptance.max_candidates) - first,
        )
        plan = RoundPlan(
            number=number,
            first=first,
            count=count,
            open_cells=selection.open_cells(),
            slice_rows=self._slice_rows,
        )
        return await plan_round(self._ports, self.run, self._draws, plan)

    async def _finished(self, batch: Batch, *, is_found: bool) -> Batch:
        """Take a round to its end; one that was stopped at a limit goes on."""
        if is_found:
            if batch.state not in TERMINAL_STATES:
                await recover_batches(self._ports, only=batch.id)
            elif batch.counts.pending and self.watch.reached() is None:
                await reopen_batch(self._ports, batch.id)
            batch = await self._ports.ledger.get(batch.id)
            await self.counter.count(batch)
        if batch.state is BatchState.RUNNING:
            await self._work(batch)
        return await self._ports.ledger.get(batch.id)

    async def _feed(self, selection: Selection, batch: Batch) -> None:
        async for outcomes in self._ports.ledger.stream(batch.id):
            for outcome in outcomes:
                selection.decide(decode_candidate(outcome.record))

    def _stop_of(self, batch: Batch) -> str:
        """Return the limit that ended a round early; raise what ended it where it was none."""
        if self.watch.stopped_by is not None:
            return self.watch.stopped_by
        kind = ErrorKind.CANCELLED if batch.state is BatchState.CANCELLED else ErrorKind.UNAVAILABLE
        raise TextNLPError(batch.reason or f"{batch.id} ended early.", kind=kind)

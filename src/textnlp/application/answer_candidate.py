"""Answer a row of a batch that stands for a candidate of a dataset."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textnlp.application.answer_row import STOPPING_KINDS
from textnlp.application.make_rows import Candidate, RowMaker
from textnlp.domain.batches.model import Batch, PromptRow, RowOutcome, RowState
from textnlp.domain.datasets.candidate import CandidateRecord, encode_candidate
from textnlp.domain.datasets.model import DatasetRow, Reason, RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE, Usage

_STATES = {
    RowFate.ACCEPTED: RowState.ACCEPTED,
    RowFate.REJECTED: RowState.REJECTED,
    RowFate.FAILED: RowState.FAILED,
}
_CODES = {RowState.ACCEPTED: None, RowState.REJECTED: ErrorKind.SCHEMA_MISMATCH, RowState.FAILED: ErrorKind.INTERNAL}

CandidateListener = Callable[[Batch, CandidateRecord], None]
"""Is told of every candidate that was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateAnswerer:
    """Makes the rows of the candidates of any run.

    Attributes:
        maker_of: returns what makes the rows of a batch's recipe.
        require_going_on: raises `LIMIT_REACHED` where no further candidate of the batch may be begun.
        on_made: is told of each candidate, before it is committed.
    """

    maker_of: Callable[[Batch], Awaitable[RowMaker]]
    require_going_on: Callable[[Batch], None] = lambda _: None
    on_made: CandidateListener | None = None

    async def answer(self, row: PromptRow, batch: Batch) -> RowOutcome:
        """Return the outcome of a candidate: accepted where one of its rows may be chosen, failed where all failed.

        Raises only the errors of `STOPPING_KINDS`.
        """
        candidate = _candidate(row, batch)
        self.require_going_on(batch)
        try:
            maker = await self.maker_of(batch)
            record = await maker.make(candidate)
        except asyncio.CancelledError:
            raise
        except TextNLPError as error:
            if error.kind in STOPPING_KINDS:
                raise
            record = _failed(candidate, error)
        except Exception as exc:  # noqa: BLE001  a candidate must never take the worker down with it
            error = TextNLPError(f"{type(exc).__name__}: {exc}", kind=ErrorKind.INTERNAL)
            record = _failed(candidate, error)
        if self.on_made is not None:
            self.on_made(batch, record)
        return outcome_of(row, record)


def outcome_of(row: PromptRow, record: CandidateRecord) -> RowOutcome:
    """Return a candidate's record as the outcome of its row in the batch."""
    state = state_of(record)
    usage = NO_USAGE
    attempts = 0
    for use in record.uses:
        usage = usage.plus(use.charged_usage)
        attempts += use.attempts
    return RowOutcome(
        row_index=row.index,
        row_id=row.id,
        state=state,
        record=encode_candidate(record),
        usage=Usage(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cached_tokens=usage.cached_tokens,
            reasoning_tokens=usage.reasoning_tokens,
        ),
        attempts=max(attempts, 1),
        code=_CODES[state],
    )


def state_of(record: CandidateRecord) -> RowState:
    """Return what a candidate's row in the batch is: what the best of its rows is, rejected where it has none."""
    states = {_STATES[row.fate] for row in record.rows}
    for state in (RowState.ACCEPTED, RowState.REJECTED, RowState.FAILED):
        if state in states:
            return state
    return RowState.REJECTED


def _candidate(row: PromptRow, batch: Batch) -> Candidate:
    stated = row.candidate
    if batch.spec.round is None or stated is None:
        raise TextNLPError(f"Row {row.id} of {batch.id} is no candidate.", kind=ErrorKind.INTERNAL)
    return Candidate(number=batch.spec.round.first + row.index, values=stated.values, seed=stated.seed)


def _failed(candidate: Candidate, error: TextNLPError) -> CandidateRecord:
    reason = Reason(code=error.kind.value, message=error.full_text, column=error.facts.field)
    row = DatasetRow(
        candidate=candidate.number,
        item=0,
        fate=RowFate.FAILED,
        values=candidate.values,
        reasons=(reason,),
        seed=candidate.seed,
    )
    return CandidateRecord(rows=(row,))

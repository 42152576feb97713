"""Ask the model for one row of a batch."""

import dataclasses
from collections.abc import Sequence
from functools import reduce

from textnlp.application.answer_choices import answer_choices
from textnlp.application.batch_ports import EngineFinder
from textnlp.application.generate_structured import generate_structured
from textnlp.domain.batches.model import BadRow, BatchSpec, PromptRow, RowOutcome, RowState
from textnlp.domain.batches.records import accepted_record, chat_record, failed_record
from textnlp.domain.batches.requests import payload_hash
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.filter_verdict import FilterVerdict
from textnlp.domain.generation.model import (
    Completion,
    FinishReason,
    GenerationRequest,
    Usage,
)
from textnlp.ports.clock import Clock

STOPPING_KINDS = frozenset(
    {
        ErrorKind.UNAUTHENTICATED,
        ErrorKind.FORBIDDEN,
        ErrorKind.NOT_FOUND,
        ErrorKind.DEPLOYMENT_AWAY,
        ErrorKind.LIMIT_REACHED,
    },
)
"""Errors that every other row would meet as well: the batch stops, and its rows stay pending."""


async def answer_row(
    row: PromptRow,
    spec: BatchSpec,
    *,
    find_engine: EngineFinder,
    timeout_seconds: float,
    clock: Clock,
    sticky_key: str | None = None,
) -> RowOutcome:
    """Return the row's outcome: accepted, or failed with the reason.

    A chat completion is accepted however it ended, as OpenAI's are. Raises only the errors of `STOPPING_KINDS`, and
    of those not the ones that the row's own model brought about.
    """
    request = _request(row, spec, timeout_seconds=timeout_seconds, sticky_key=sticky_key)
    digest = payload_hash(request)
    try:
        engine = find_engine(request.model)
        if row.chat is not None:
            completions = await answer_choices(engine, request, count=row.chat.choices)
            return _answered(row, completions, chat_record(row.id, completions, answered_at=clock.now()), digest)
        if request.response_schema is None:
            completion = await engine.generate(request)
        else:
            completion = await generate_structured(engine, request)
    except TextNLPError as error:
        is_row_own = row.model is not None and error.kind in {ErrorKind.FORBIDDEN, ErrorKind.NOT_FOUND}
        if error.kind in STOPPING_KINDS and not is_row_own:
            raise
        return failed_outcome(row, error, payload_digest=digest)
    if completion.finish_reason is FinishReason.CONTENT_FILTER:
        blocked = TextNLPError(
            "The provider's content filter cut the answer.",
            kind=ErrorKind.CONTENT_FILTERED,
            facts=ErrorFacts(attempts=completion.attempts, verdicts=completion.verdicts),
        )
        return failed_outcome(row, blocked, payload_digest=digest)
    return _answered(row, [completion], accepted_record(row.id, completion), digest)


def failed_outcome(row: PromptRow, error: TextNLPError, *, payload_digest: bytes = b"") -> RowOutcome:
    """Make the outcome of a row that got no answer it could use."""
    attempts = error.facts.attempts
    bad = BadRow(index=row.index, id=row.id, line=row.line, kind=error.kind, message=error.full_text)
    outcome = _failed(bad, attempts=attempts, verdicts=error.facts.verdicts)
    return dataclasses.replace(outcome, payload_hash=payload_digest)


def bad_row_outcome(row: BadRow) -> RowOutcome:
    """Make the outcome of a row of the input that cannot be asked: failed, with no attempt."""
    return _failed(row, attempts=0)


def _failed(row: BadRow, *, attempts: int, verdicts: tuple[FilterVerdict, ...] = ()) -> RowOutcome:
    row_id = row.id if row.id is not None else str(row.index + 1)
    record = failed_record(
        row_id=row_id,
        line=row.line,
        row_index=row.index,
        state=RowState.FAILED,
        code=row.kind,
        message=row.message,
        attempts=attempts,
        verdicts=verdicts,
    )
    return RowOutcome(
        row_index=row.index,
        row_id=row_id,
        state=RowState.FAILED,
        record=record,
        attempts=attempts,
        code=row.kind,
    )


def _request(row: PromptRow, spec: BatchSpec, *, timeout_seconds: float, sticky_key: str | None) -> GenerationRequest:
    request = GenerationRequest(
        model=row.model or spec.model,
        messages=row.messages,
        parameters=row.parameters.over(spec.parameters),
        response_schema=spec.response_schema,
        timeout_seconds=timeout_seconds,
        sticky_key=sticky_key,
    )
    chat = row.chat
    if chat is None:
        return request
    return dataclasses.replace(
        request,
        response_schema=chat.response_schema,
        tools=chat.tools,
        tool_choice=chat.tool_choice,
        logprobs=chat.logprobs,
        top_logprobs=chat.top_logprobs,
    )


def _answered(row: PromptRow, completions: Sequence[Completion], record: bytes, digest: bytes) -> RowOutcome:
    return RowOutcome(
        row_index=row.index,
        row_id=row.id,
        state=RowState.ACCEPTED,
        record=record,
        payload_hash=digest,
        usage=reduce(Usage.plus, (each.usage for each in completions)),
        attempts=sum(each.attempts for each in completions),
    )

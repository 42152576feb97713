# Made from the OpenAPI document. To renew: make reference
"""The operations around batches, and the models."""

import datetime as dt
from collections.abc import AsyncGenerator, Generator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, Upload, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.shared import BatchState, CountsRead, UsageRead, ValidationJobRead
from textnlp.client.transport import Transport


class BatchCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What goes with a file of prompts, as query parameters or as form fields.

    Attributes:
        temperature: 0 picks the likeliest token every time.
        top_p: share of the probability that tokens are drawn from.
        max_tokens: tokens of the answer at most.
        seed: makes the engine draw the same again, where it can.
        stop: texts that end the answer and are not part of it.
        frequency_penalty: makes tokens less likely by how often they were written.
        presence_penalty: makes tokens less likely once they were written.
        name: the file's name with its ending, which says how it is read.
        model: asked unless a row names its own; the platform's default where none is named.
        schema: JSON Schema that every completion must satisfy, as JSON text.
        checks: what the answers are looked at for when the batch has completed, as JSON text: a file of checks as
            `textnlp validate` takes it, for the columns of `generations.jsonl`, of which `text` is the answer.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    name: str | None = None
    model: str | None = None
    schema: str | None = None
    checks: str | None = None


class BatchRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A batch as the ledger has it.

    Attributes:
        reason: why it is in a state that nobody asked for.
        endpoint: where the model is asked.
        parameters: sampling where a row says nothing; what is null or absent is the engine's choice.
        checks: what its answers are looked at for; null for the usual checks.
        source_sha256: hex digest of the file's bytes.
    """

    id: str
    name: str
    state: BatchState
    reason: str | None
    model: str
    endpoint: str
    parameters: dict[str, Any]
    response_schema: dict[str, Any] | None
    checks: dict[str, Any] | None
    created_at: dt.datetime
    finished_at: dt.datetime | None
    source_sha256: str
    counts: CountsRead
    usage: UsageRead


class BatchPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Batches, newest first; `next_before` continues the listing where it is not null."""

    batches: list[BatchRead]
    next_before: str | None


class ErrorKind(OpenEnum):
    """What happened, in the terms in which a caller decides what to do next.

    The value is the stable `code` that problem documents, `errors.jsonl` and exit messages carry.
    """

    BAD_RESPONSE = "bad_response"
    CANCELLED = "cancelled"
    CONFLICT = "conflict"
    CONTENT_FILTERED = "content_filtered"
    CONTEXT_EXCEEDED = "context_exceeded"
    DEAD_LETTERED = "dead_lettered"
    DEPLOYMENT_AWAY = "deployment_away"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    IDEMPOTENCY_KEY_IN_USE = "idempotency_key_in_use"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    INTERNAL = "internal"
    INVALID_INPUT = "invalid_input"
    LIMIT_REACHED = "limit_reached"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SCHEMA_MISMATCH = "schema_mismatch"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    UNAUTHENTICATED = "unauthenticated"
    UNAVAILABLE = "unavailable"


class ProgressRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a batch is at one moment; the rate is over the last seconds, 0 where nothing moves."""

    id: str
    state: BatchState
    counts: CountsRead
    usage: UsageRead
    rows_per_second: float


class RowState(OpenEnum):
    """What became of a row; every row has exactly one of these, and all but `PENDING` with a reason."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    PENDING = "pending"
    REJECTED = "rejected"


class RowRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The outcome of a row.

    Attributes:
        row: 0-based position in the input.
        record: the row's line in `generations.jsonl`, or in `errors.jsonl`.
    """

    row: int
    id: str
    state: RowState
    code: ErrorKind | None
    attempts: int
    usage: UsageRead
    record: Any


class RowPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Rows in input order; `next_after` continues the listing where it is not null."""

    rows: list[RowRead]
    next_after: int | None


class Batches:
    """The operations around batches, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, limit: int | None = None, before: str | None = None) -> BatchPage:
        """List batches, newest first."""
        return self._transport.decoded(_list(limit=limit, before=before), BatchPage)

    def submit_file(self, file: Path, *, name: str | None = None, form: BatchCreate | None = None) -> BatchRead:
        """Store the file and answer at once; it is read, and its rows are asked, in the background.

        The file is the body itself, with what goes with it in the query, or the `file` of a form, with what goes
        with it in the form's fields.
        """
        return self._transport.decoded(_submit_file(file, name=name, form=form), BatchRead)

    def show(self, batch_id: str) -> BatchRead:
        """Show a batch with its balance."""
        return self._transport.decoded(_show(batch_id), BatchRead)

    def cancel(self, batch_id: str) -> BatchRead:
        """Stop a batch and write the files of what it has; cancelling it twice is harmless."""
        return self._transport.decoded(_cancel(batch_id), BatchRead)

    def retry(self, batch_id: str) -> BatchRead:
        """Ask the failed and the unasked rows of a batch that has ended once more."""
        return self._transport.decoded(_retry(batch_id), BatchRead)

    def list_rows(
        self,
        batch_id: str,
        *,
        state: Sequence[Literal["accepted", "failed", "rejected"]] | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> RowPage:
        """List the rows that have an outcome, in input order; also while the batch is running."""
        return self._transport.decoded(_list_rows(batch_id, state=state, after=after, limit=limit), RowPage)

    def stream_errors(self, batch_id: str) -> Generator[bytes]:
        """Answer with a JSON line a row that was rejected or failed until this moment, in input order."""
        return self._transport.pieces(_stream_errors(batch_id))

    def fetch_output(self, batch_id: str) -> Generator[bytes]:
        """Answer with the accepted rows as JSON Lines, in input order; 409 while the batch has not ended."""
        return self._transport.pieces(_fetch_output(batch_id))

    def fetch_file(self, batch_id: str, name: str) -> Generator[bytes]:
        """Answer with one of the files that `batch run` leaves too; the manifest lists them with their hashes."""
        return self._transport.pieces(_fetch_file(batch_id, name))

    def follow(self, batch_id: str) -> Generator[ProgressRead | BatchRead]:
        """Answer with an event `progress` at once and at every change, and `end` once the batch has ended.

        A reader that comes back with Last-Event-ID gets the present state first, as any other: nothing is missed.
        """
        return self._transport.events(_follow(batch_id), {"progress": ProgressRead, "end": BatchRead})

    def show_validation(self, batch_id: str) -> ValidationJobRead:
        """Show the balance of a batch's answers; 202 while they are looked at, 404 before the batch has completed.

        They are looked at for the `checks` that came with the batch, or for the usual ones in the column `text`.
        """
        return self._transport.decoded(_show_validation(batch_id), ValidationJobRead)

    def fetch_validation_rejected(self, batch_id: str) -> Generator[bytes]:
        """Answer with the answers that fail a check as JSON Lines, each with its reasons.

        409 while they are looked at.
        """
        return self._transport.pieces(_fetch_validation_rejected(batch_id))


class AsyncBatches:
    """The operations around batches, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self, *, limit: int | None = None, before: str | None = None) -> BatchPage:
        """List batches, newest first."""
        return await self._transport.decoded(_list(limit=limit, before=before), BatchPage)

    async def submit_file(self, file: Path, *, name: str | None = None, form: BatchCreate | None = None) -> BatchRead:
        """Store the file and answer at once; it is read, and its rows are asked, in the background.

        The file is the body itself, with what goes with it in the query, or the `file` of a form, with what goes
        with it in the form's fields.
        """
        return await self._transport.decoded(_submit_file(file, name=name, form=form), BatchRead)

    async def show(self, batch_id: str) -> BatchRead:
        """Show a batch with its balance."""
        return await self._transport.decoded(_show(batch_id), BatchRead)

    async def cancel(self, batch_id: str) -> BatchRead:
        """Stop a batch and write the files of what it has; cancelling it twice is harmless."""
        return await self._transport.decoded(_cancel(batch_id), BatchRead)

    async def retry(self, batch_id: str) -> BatchRead:
        """Ask the failed and the unasked rows of a batch that has ended once more."""
        return await self._transport.decoded(_retry(batch_id), BatchRead)

    async def list_rows(
        self,
        batch_id: str,
        *,
        state: Sequence[Literal["accepted", "failed", "rejected"]] | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> RowPage:
        """List the rows that have an outcome, in input order; also while the batch is running."""
        return await self._transport.decoded(_list_rows(batch_id, state=state, after=after, limit=limit), RowPage)

    def stream_errors(self, batch_id: str) -> AsyncGenerator[bytes]:
        """Answer with a JSON line a row that was rejected or failed until this moment, in input order."""
        return self._transport.pieces(_stream_errors(batch_id))

    def fetch_output(self, batch_id: str) -> AsyncGenerator[bytes]:
        """Answer with the accepted rows as JSON Lines, in input order; 409 while the batch has not ended."""
        return self._transport.pieces(_fetch_output(batch_id))

    def fetch_file(self, batch_id: str, name: str) -> AsyncGenerator[bytes]:
        """Answer with one of the files that `batch run` leaves too; the manifest lists them with their hashes."""
        return self._transport.pieces(_fetch_file(batch_id, name))

    def follow(self, batch_id: str) -> AsyncGenerator[ProgressRead | BatchRead]:
        """Answer with an event `progress` at once and at every change, and `end` once the batch has ended.

        A reader that comes back with Last-Event-ID gets the present state first, as any other: nothing is missed.
        """
        return self._transport.events(_follow(batch_id), {"progress": ProgressRead, "end": BatchRead})

    async def show_validation(self, batch_id: str) -> ValidationJobRead:
        """Show the balance of a batch's answers; 202 while they are looked at, 404 before the batch has completed.

        They are looked at for the `checks` that came with the batch, or for the usual ones in the column `text`.
        """
        return await self._transport.decoded(_show_validation(batch_id), ValidationJobRead)

    def fetch_validation_rejected(self, batch_id: str) -> AsyncGenerator[bytes]:
        """Answer with the answers that fail a check as JSON Lines, each with its reasons.

        409 while they are looked at.
        """
        return self._transport.pieces(_fetch_validation_rejected(batch_id))


def _list(*, limit: int | None = None, before: str | None = None) -> Call:
    return Call(method="GET", path="/api/v1/batches", query={"limit": limit, "before": before})


def _submit_file(file: Path, *, name: str | None = None, form: BatchCreate | None = None) -> Call:
    return Call(method="POST", path="/api/v1/batches", fields=form, upload=Upload(file, name), takes_key=True)


def _show(batch_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/batches/{segment(batch_id)}")


def _cancel(batch_id: str) -> Call:
    return Call(method="POST", path=f"/api/v1/batches/{segment(batch_id)}/cancel")


def _retry(batch_id: str) -> Call:
    return Call(method="POST", path=f"/api/v1/batches/{segment(batch_id)}/retry", takes_key=True)


def _list_rows(
    batch_id: str,
    *,
    state: Sequence[Literal["accepted", "failed", "rejected"]] | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/batches/{segment(batch_id)}/rows",
        query={"state": state, "after": after, "limit": limit},
    )


def _stream_errors(batch_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/batches/{segment(batch_id)}/errors", accept="application/x-ndjson")


def _fetch_output(batch_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/batches/{segment(batch_id)}/output", accept="application/x-ndjson")


def _fetch_file(batch_id: str, name: str) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/batches/{segment(batch_id)}/files/{segment(name)}",
        accept="application/octet-stream",
    )


def _follow(batch_id: str) -> Call:
    return Call(
        method="GET", path=f"/api/v1/batches/{segment(batch_id)}/events", accept="text/event-stream", follows=True
    )


def _show_validation(batch_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/batches/{segment(batch_id)}/validation")


def _fetch_validation_rejected(batch_id: str) -> Call:
    return Call(
        method="GET", path=f"/api/v1/batches/{segment(batch_id)}/validation/rejected", accept="application/x-ndjson"
    )

# Made from the OpenAPI document. To renew: make reference
"""The operations around OpenAI's batches, and the models."""

from typing import Literal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.transport import Transport


class BatchFault(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why the batch failed, with the line of the input file where it is about one."""

    code: str
    message: str
    param: str | None
    line: int | None


class BatchFaults(msgspec.Struct, kw_only=True, omit_defaults=True):
    """All that is wrong with the input file, up to a hundred things."""

    object: str = "list"
    data: list[BatchFault]


class ExpiresAfter(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How long a file is kept, counted from when it was made."""

    anchor: Literal["created_at"]
    seconds: int


class BatchJobCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A batch to be made over a file.

    Attributes:
        input_file_id: a file that was stored for purpose `batch`.
        endpoint: `/v1/chat/completions`; the others that OpenAI has are refused.
        metadata: whatever the caller wants to find again.
        output_expires_after: how long the output and the error file are kept; for ever where nothing is said.
    """

    input_file_id: str
    endpoint: str
    completion_window: Literal["24h"]
    metadata: dict[str, str] | None = None
    output_expires_after: ExpiresAfter | None = None


class InputTokensDetails(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What input tokens were."""

    cached_tokens: int


class OutputTokensDetails(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What output tokens were."""

    reasoning_tokens: int


class BatchUsage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Tokens of all requests that were answered."""

    input_tokens: int
    input_tokens_details: InputTokensDetails
    output_tokens: int
    output_tokens_details: OutputTokensDetails
    total_tokens: int


class JobStatus(OpenEnum):
    """Where a job is in its life, in OpenAI's words."""

    CANCELLED = "cancelled"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    EXPIRED = "expired"
    FAILED = "failed"
    FINALIZING = "finalizing"
    IN_PROGRESS = "in_progress"
    VALIDATING = "validating"


class RequestCounts(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Requests; once the batch has ended each is completed or failed, whether or not it was asked."""

    total: int
    completed: int
    failed: int


class BatchJobRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A batch; times are in seconds since 1970, and null where they have not come."""

    id: str
    object: str = "batch"
    endpoint: str
    model: str | None
    errors: BatchFaults | None
    input_file_id: str
    completion_window: str
    status: JobStatus
    output_file_id: str | None
    error_file_id: str | None
    created_at: int
    in_progress_at: int | None
    expires_at: int
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    request_counts: RequestCounts
    usage: BatchUsage
    metadata: dict[str, str] | None


class BatchJobPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Batches, newest first; where `has_more`, `last_id` continues the listing."""

    object: str = "list"
    data: list[BatchJobRead]
    first_id: str | None
    last_id: str | None
    has_more: bool


class OpenAIBatches:
    """The operations around OpenAI's batches, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_jobs(
        self, *, after: str | None = None, limit: int | None = None, api_version: str | None = None
    ) -> BatchJobPage:
        """List batches, newest first."""
        return self._transport.decoded(_list_jobs(after=after, limit=limit, api_version=api_version), BatchJobPage)

    def create_job(self, body: BatchJobCreate) -> BatchJobRead:
        """Make a batch over a file that was stored.

        The file is checked, and its requests are asked, in the background.
        """
        return self._transport.decoded(_create_job(body), BatchJobRead)

    def show_job(self, batch_id: str) -> BatchJobRead:
        """Show how a batch stands."""
        return self._transport.decoded(_show_job(batch_id), BatchJobRead)

    def cancel_job(self, batch_id: str) -> BatchJobRead:
        """Stop a batch.

        What is answered is in its output file, the rest in its error file, as soon as it is cancelled.
        """
        return self._transport.decoded(_cancel_job(batch_id), BatchJobRead)


class AsyncOpenAIBatches:
    """The operations around OpenAI's batches, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_jobs(
        self, *, after: str | None = None, limit: int | None = None, api_version: str | None = None
    ) -> BatchJobPage:
        """List batches, newest first."""
        return await self._transport.decoded(
            _list_jobs(after=after, limit=limit, api_version=api_version), BatchJobPage
        )

    async def create_job(self, body: BatchJobCreate) -> BatchJobRead:
        """Make a batch over a file that was stored.

        The file is checked, and its requests are asked, in the background.
        """
        return await self._transport.decoded(_create_job(body), BatchJobRead)

    async def show_job(self, batch_id: str) -> BatchJobRead:
        """Show how a batch stands."""
        return await self._transport.decoded(_show_job(batch_id), BatchJobRead)

    async def cancel_job(self, batch_id: str) -> BatchJobRead:
        """Stop a batch.

        What is answered is in its output file, the rest in its error file, as soon as it is cancelled.
        """
        return await self._transport.decoded(_cancel_job(batch_id), BatchJobRead)


def _list_jobs(*, after: str | None = None, limit: int | None = None, api_version: str | None = None) -> Call:
    return Call(method="GET", path="/v1/batches", query={"after": after, "limit": limit, "api-version": api_version})


def _create_job(body: BatchJobCreate) -> Call:
    return Call(method="POST", path="/v1/batches", body=body, takes_key=True)


def _show_job(batch_id: str) -> Call:
    return Call(method="GET", path=f"/v1/batches/{segment(batch_id)}")


def _cancel_job(batch_id: str) -> Call:
    return Call(method="POST", path=f"/v1/batches/{segment(batch_id)}/cancel")

"""A batch, as OpenAI's clients create and follow it."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.api.schemas.openai_file import ExpiresAfter, FileIdText
from textnlp.domain.batches.job import BatchJob, JobCounts, JobFault, JobStatus
from textnlp.domain.generation.model import Usage

_Key = Annotated[str, msgspec.Meta(max_length=64)]
_Value = Annotated[str, msgspec.Meta(max_length=512)]
Metadata = Annotated[dict[_Key, _Value], msgspec.Meta(max_length=16)]


class BatchJobCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A batch to be made over a file.

    Attributes:
        input_file_id: a file that was stored for purpose `batch`.
        endpoint: `/v1/chat/completions`; the others that OpenAI has are refused.
        metadata: whatever the caller wants to find again.
        output_expires_after: how long the output and the error file are kept; for ever where nothing is said.
    """

    input_file_id: FileIdText
    endpoint: Annotated[str, msgspec.Meta(max_length=100)]
    completion_window: Literal["24h"]
    metadata: Metadata | None = None
    output_expires_after: ExpiresAfter | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "input_file_id": "file-01kx3v9qe8m2t6f0r7w4z1c5ny",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"project": "reviews"},
    }


class BatchJobListQuery(
    msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename={"api_version": "api-version"}
):
    """Which batches to list: those older than `after`; Azure's clients send `api-version`, which is not looked at."""

    after: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    api_version: str | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"limit": 20}


class RequestCounts(msgspec.Struct, kw_only=True):
    """Requests; once the batch has ended each is completed or failed, whether or not it was asked."""

    total: int
    completed: int
    failed: int


class InputTokensDetails(msgspec.Struct, kw_only=True):
    """What input tokens were."""

    cached_tokens: int


class OutputTokensDetails(msgspec.Struct, kw_only=True):
    """What output tokens were."""

    reasoning_tokens: int


class BatchUsage(msgspec.Struct, kw_only=True):
    """Tokens of all requests that were answered."""

    input_tokens: int
    input_tokens_details: InputTokensDetails
    output_tokens: int
    output_tokens_details: OutputTokensDetails
    total_tokens: int


class BatchFault(msgspec.Struct, kw_only=True):
    """Why the batch failed, with the line of the input file where it is about one."""

    code: str
    message: str
    param: str | None
    line: int | None


class BatchFaults(msgspec.Struct, kw_only=True):
    """All that is wrong with the input file, up to a hundred things."""

    object: Literal["list"] = "list"
    data: list[BatchFault]


class BatchJobRead(msgspec.Struct, kw_only=True):
    """A batch; times are in seconds since 1970, and null where they have not come."""

    id: str
    object: Literal["batch"] = "batch"
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

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "batch_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "model": "smollm2-135m",
        "errors": None,
        "input_file_id": "file-01kx3v9qe8m2t6f0r7w4z1c5ny",
        "completion_window": "24h",
        "status": "in_progress",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": 1_772_366_400,
        "in_progress_at": 1_772_366_402,
        "expires_at": 1_772_452_800,
        "finalizing_at": None,
        "completed_at": None,
        "failed_at": None,
        "expired_at": None,
        "cancelling_at": None,
        "cancelled_at": None,
        "request_counts": {"total": 1_500, "completed": 420, "failed": 1},
        "usage": {
            "input_tokens": 9_400,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 18_100,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 27_500,
        },
        "metadata": {"project": "reviews"},
    }


class BatchJobPage(msgspec.Struct, kw_only=True):
    """Batches, newest first; where `has_more`, `last_id` continues the listing."""

    object: Literal["list"] = "list"
    data: list[BatchJobRead]
    first_id: str | None
    last_id: str | None
    has_more: bool

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "object": "list",
        "data": [BatchJobRead.EXAMPLE],
        "first_id": BatchJobRead.EXAMPLE["id"],
        "last_id": BatchJobRead.EXAMPLE["id"],
        "has_more": False,
    }


def read_job(job: BatchJob) -> BatchJobRead:
    """Show a job."""
    ended = {job.status: _seconds(job.ended_at)}
    return BatchJobRead(
        id=job.id,
        endpoint=job.endpoint,
        model=job.model,
        errors=BatchFaults(data=[_fault(fault) for fault in job.faults]) if job.faults else None,
        input_file_id=job.input_file_id,
        completion_window=job.completion_window,
        status=job.status,
        output_file_id=job.output_file_id if job.has_output else None,
        error_file_id=job.error_file_id if job.has_errors else None,
        created_at=int(job.created_at.timestamp()),
        in_progress_at=_seconds(job.in_progress_at),
        expires_at=int(job.expires_at.timestamp()),
        finalizing_at=_seconds(job.finalizing_at),
        completed_at=ended.get(JobStatus.COMPLETED),
        failed_at=ended.get(JobStatus.FAILED),
        expired_at=ended.get(JobStatus.EXPIRED),
        cancelling_at=_seconds(job.cancelling_at),
        cancelled_at=ended.get(JobStatus.CANCELLED),
        request_counts=_counts(job.counts),
        usage=_usage(job.usage),
        metadata=None if job.metadata is None else dict(job.metadata),
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _fault(fault: JobFault) -> BatchFault:
    return BatchFault(code=fault.code, message=fault.message, param=fault.param, line=fault.line)


def _counts(counts: JobCounts) -> RequestCounts:
    return RequestCounts(total=counts.total, completed=counts.completed, failed=counts.failed)


def _usage(usage: Usage) -> BatchUsage:
    return BatchUsage(
        input_tokens=usage.prompt_tokens,
        input_tokens_details=InputTokensDetails(cached_tokens=usage.cached_tokens),
        output_tokens=usage.completion_tokens,
        output_tokens_details=OutputTokensDetails(reasoning_tokens=usage.reasoning_tokens),
        total_tokens=usage.total_tokens,
    )

"""A job: a batch as OpenAI's clients know it, from its input file to its output files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.identifiers import BatchId, FileId
from textnlp.domain.identity.tenant import LOCAL_TENANT


class JobStatus(StrEnum):
    """Where a job is in its life, in OpenAI's words."""

    VALIDATING = "validating"
    FAILED = "failed"
    IN_PROGRESS = "in_progress"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


ENDED_STATUSES = frozenset({JobStatus.FAILED, JobStatus.COMPLETED, JobStatus.EXPIRED, JobStatus.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFault:
    """Why a job was refused; `code` is one of those that OpenAI documents.

    Attributes:
        param: the field that is wrong.
        line: 1-based line of the input file.
    """

    code: str
    message: str
    param: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCounts:
    """Requests of a job; once it has ended, each is either completed or failed."""

    total: int = 0
    completed: int = 0
    failed: int = 0


NO_REQUESTS = JobCounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJob:
    """A job; the batch that does its work has the same id, and exists once the input file was found good.

    Attributes:
        endpoint: the route that its requests are for, as it was given.
        completion_window: how long it may take, as it was given.
        expires_at: from when on what is not answered is not asked any more.
        output_file_id: the file for answers, which exists where `has_output`.
        error_file_id: the file for requests without an answer, which exists where `has_errors`.
        output_expires_after_seconds: how long both are kept, or None for ever.
        faults: why it failed.
        counts: of a job that is in progress they are its batch's, not these.
        usage: likewise.
    """

    id: BatchId
    input_file_id: FileId
    output_file_id: FileId
    error_file_id: FileId
    endpoint: str
    created_at: datetime
    expires_at: datetime
    completion_window: str = "24h"
    tenant: str = LOCAL_TENANT
    caller: str = LOCAL_TENANT
    metadata: Mapping[str, str] | None = None
    output_expires_after_seconds: int | None = None
    status: JobStatus = JobStatus.VALIDATING
    in_progress_at: datetime | None = None
    cancelling_at: datetime | None = None
    finalizing_at: datetime | None = None
    ended_at: datetime | None = None
    model: str | None = None
    has_output: bool = False
    has_errors: bool = False
    faults: tuple[JobFault, ...] = ()
    counts: JobCounts = NO_REQUESTS
    usage: Usage = NO_USAGE

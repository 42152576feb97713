"""What the provider says of batches and single requests, as far as it is read."""

from typing import Any

import msgspec

from textnlp.adapters.engines.openai_compatible.provider_files import ProviderId

ENDED_STATUSES = frozenset({"completed", "failed", "expired", "cancelled"})
"""Statuses of batches that do not change any more; one that is not known may change."""

QUOTA_CODE = "token_limit_exceeded"
"""What a provider calls a batch that does not fit into the tokens that may wait."""

UNASKED_CODES = frozenset({"batch_expired", "batch_cancelled"})
"""Faults of requests that the provider never put to the model."""


class BatchFault(msgspec.Struct, frozen=True):
    """Why a batch failed, and at which line of its file, counted from 1; Azure may write that as a text."""

    code: str | None = None
    message: str | None = None
    line: int | str | None = None
    param: str | None = None

    @property
    def line_number(self) -> int | None:
        """The line, None where none is told."""
        if isinstance(self.line, str):
            return int(self.line) if self.line.isdecimal() else None
        return self.line


class BatchFaults(msgspec.Struct, frozen=True):
    """The faults of a batch."""

    data: list[BatchFault] | None = None


class BatchStatus(msgspec.Struct, frozen=True):
    """A batch as the provider sees it."""

    id: ProviderId
    status: str
    created_at: float = 0.0
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: BatchFaults | None = None
    metadata: dict[str, Any] | None = None

    @property
    def is_ended(self) -> bool:
        """Whether it does not change any more."""
        return self.status in ENDED_STATUSES

    @property
    def faults(self) -> list[BatchFault]:
        """Why it failed."""
        return (self.errors.data or []) if self.errors else []

    @property
    def result_files(self) -> tuple[str, ...]:
        """The files with answers and with faults of single requests, in this order."""
        return tuple(each for each in (self.output_file_id, self.error_file_id) if each)

    @property
    def quota_fault(self) -> BatchFault | None:
        """The fault that says that the batch did not fit, where that is why it failed."""
        return next((fault for fault in self.faults if fault.code == QUOTA_CODE), None)


class BatchPage(msgspec.Struct, frozen=True):
    """Some batches, newest first."""

    data: list[BatchStatus]
    has_more: bool = False


class RowResponse(msgspec.Struct, frozen=True):
    """What the model's endpoint answered to one request."""

    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw(b"null")


class ResultRow(msgspec.Struct, frozen=True):
    """One line of an output or error file."""

    custom_id: str
    response: RowResponse | None = None
    error: Any = None

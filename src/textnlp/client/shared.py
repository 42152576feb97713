# Made from the OpenAPI document. To renew: make reference
"""Models that several resources have."""

import datetime as dt

import msgspec

from textnlp.client.open_enum import OpenEnum


class BatchState(OpenEnum):
    """Where a batch is in its life; `domain.batches.rules` says which state may follow which."""

    CANCELLED = "cancelled"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    FINALIZING = "finalizing"
    INGESTING = "ingesting"
    RUNNING = "running"


class BreakerState(OpenEnum):
    """Closed lets every call through, open none, half open one."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class FailureExampleRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A row by its number, from 1, and why it fails."""

    row: int
    message: str


class CheckFailuresRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How many rows fail a check, with the messages of some."""

    check: str
    rows: int
    examples: list[FailureExampleRead]


class CheckFlagsRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How many rows a check found something in that is no reason to fail."""

    check: str
    rows: int


class CountsRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Rows by state: input = accepted + rejected + failed + pending."""

    input: int
    accepted: int
    rejected: int
    failed: int
    pending: int


class FinishReason(OpenEnum):
    """Why the model stopped; only `STOP` and `TOOL_CALLS` are whole answers."""

    CONTENT_FILTER = "content_filter"
    LENGTH = "length"
    STOP = "stop"
    TOOL_CALLS = "tool_calls"


class ScoresRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The scores of a check; quantiles are in the blob with the figures."""

    rows: int
    least: float | None
    mean: float | None
    most: float | None


class UsageRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Tokens that an engine counted; cached and reasoning tokens are parts of the first two."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cached_tokens: int
    reasoning_tokens: int


class ValidationKind(OpenEnum):
    """Whose rows are looked at: the answers of a batch, of one generation, or a file that somebody sent."""

    BATCH = "batch"
    FILE = "file"
    GENERATION = "generation"


class ValidationLinks(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where the files of a validation are; null until it has completed, and for a generation, which has none."""

    report: str | None = None
    report_json: str | None = None
    accepted: str | None = None
    rejected: str | None = None


class ValidationState(OpenEnum):
    """Waiting for its turn, being looked at, or ended one way or the other."""

    COMPLETED = "completed"
    FAILED = "failed"
    QUEUED = "queued"
    RUNNING = "running"


class ValidationSummaryRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The balance: rows = accepted + rejected + failed, where failed are those that could not be read.

    Attributes:
        changed: rows in which checks have redacted or replaced something.
        reasons: the check that most rows fail first; a row may fail several.
    """

    rows: int
    accepted: int
    rejected: int
    failed: int
    changed: int
    pass_rate: float
    reasons: list[CheckFailuresRead]
    flags: list[CheckFlagsRead]
    scores: dict[str, ScoresRead]


class ValidationJobRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A validation.

    Attributes:
        id: its own for a file; a batch's or generation's validation has the id of that.
        kind: whose rows are looked at.
        asked_at: when the file was handed in, or the batch or generation ended.
        rows: looked at so far.
        summary: null until it has completed.
        reason: why it failed.
    """

    id: str
    kind: ValidationKind
    name: str
    state: ValidationState
    asked_at: dt.datetime
    ended_at: dt.datetime | None
    rows: int
    summary: ValidationSummaryRead | None
    reason: str | None
    links: ValidationLinks

"""What is looked at to find out whether what a platform has stored holds together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from textnlp.domain.batches.model import BatchState, LedgerCounts
from textnlp.domain.identifiers import BatchId, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that should not be.

    Attributes:
        place: the batch, table, queue, blob or folder that it was found in.
        told: what is wrong.
        advice: what to do next.
    """

    place: str
    told: str
    advice: str

    def as_document(self) -> dict[str, str]:
        """Return it in JSON's types."""
        return {"place": self.place, "told": self.told, "advice": self.advice}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What came of one check.

    Attributes:
        looked_at: things that were looked at.
        faults: the first ones that were found.
        fault_count: how many there were.
    """

    subject: str
    looked_at: int
    faults: tuple[Fault, ...]
    fault_count: int

    def as_document(self) -> dict[str, Any]:
        """Return it in JSON's types."""
        return {
            "subject": self.subject,
            "looked_at": self.looked_at,
            "fault_count": self.fault_count,
            "faults": [fault.as_document() for fault in self.faults],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The structure of the database.

    Attributes:
        revision: what it has; None where no platform has used it.
        known: what this version of the platform works with.
        broken_indexes: that the server has and does not use, because building them was cut short.
    """

    revision: str | None
    known: str
    broken_indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSums:
    """Calls, or rows that stand for some, and the tokens that they took."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """A batch as it is kept, and as its rows and the ledger of usage say, all of one moment.

    Attributes:
        is_charged: whether its calls belong in the ledger of usage; those of a command that ran it by itself do not.
        kept: the counts that are kept with the batch.
        counted: the same, counted row by row, and the input by its slices.
        stray_rows: rows that lie outside its input.
        kept_usage: tokens that are kept with the batch.
        row_usage: tokens of its rows; `calls` are rows with any.
        charged: its calls in the ledger of usage.
    """

    id: BatchId
    state: BatchState
    is_charged: bool
    kept: LedgerCounts
    counted: LedgerCounts
    stray_rows: int
    kept_usage: CallSums
    row_usage: CallSums
    charged: CallSums


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Numbers that must add up: `total` = the sum of `parts`."""

    place: str
    total: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two sums of the same that should be equal: the calls themselves, and what is kept of them added up."""

    place: str
    counted: str
    kept: str


class LeftoverKind(StrEnum):
    """What should be gone, or be taken up again, once its time is over."""

    RESERVATIONS = "reservations"
    MESSAGE_LOCKS = "message locks"
    DEAD_LETTERS = "dead letters"
    KEY_CLAIMS = "key claims"
    DELIVERY_LEASES = "delivery leases"
    ORPHANED_ROWS = "orphaned rows"
    STRANDED_BATCH = "stranded batch"
    LOST_FILE = "lost file"
    STAGED_FILES = "staged files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """Something that is still there.

    Attributes:
        since: when its time was over, or when it came about; None where that is not known.
    """

    kind: LeftoverKind
    place: str
    count: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobReference:
    """A blob that something stored says is there.

    Attributes:
        owner: what says so.
        since: when it was written at the latest; a lifecycle rule may have deleted it some time after.
        size_bytes: None where it is not known.
        sha256: hex digest, None where it is not known.
        lists_files: whether it is the manifest of a batch, which lists further blobs beside it.
    """

    path: str
    owner: str
    since: datetime
    size_bytes: int | None = None
    sha256: str | None = None
    lists_files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionReference:
    """A version of a dataset that should be in its folder."""

    run_id: RunId
    number: int
    rows: int

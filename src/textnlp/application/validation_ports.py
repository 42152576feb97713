"""What the use cases around validations on a platform stand on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from textnlp.domain.generation.model import JsonObject
from textnlp.domain.reports.model import QualityReport
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.summary import ValidationSummary
from textnlp.ports.batch_ledger import BatchLedger
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.generation_store import GenerationStore
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.meter import Meter
from textnlp.ports.tracer import Tracer
from textnlp.ports.validation_store import ValidationStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedFile:
    """What came of looking at a file of rows.

    Attributes:
        report: the same for people, with quantiles.
        document: what `report.json` says, as it reads back.
        names: files that were left in the folder, the report last.
    """

    summary: ValidationSummary
    report: QualityReport
    document: JsonObject
    names: Sequence[str]


class FileValidator(Protocol):
    """Looks at the rows of a file, in the thread that calls it, and leaves the files of a validation in a folder.

    Without `checks` they are the usual ones on the columns of texts. Whatever `on_progress` raises ends it. Raises
    `INVALID_INPUT` for a file that holds no rows, or none with texts where the checks are the usual ones.
    """

    def __call__(
        self,
        source: Path,
        out: Path,
        *,
        checks: ChecksFile | None,
        name: str | None,
        at: datetime,
        on_progress: Callable[[ValidationSummary], None],
    ) -> ValidatedFile:
        """Look at all rows; `name` is what the report calls the input, the file's own where None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationPorts:
    """The ports of the use cases around validations.

    Attributes:
        queue_entity: the queue that brings validations.
        completions_entity: the subscription that brings what has completed, too.
        ledger, generations: know what a batch or generation has come to.
        blobs: holds the rows, and what comes of looking at them.
        read_checks: reads a document of checks; raises `INVALID_INPUT` with the path.
        max_delivery_count: how often the queue delivers a message before it gives up.
        lock_seconds: how long the queue locks one for.
        lease_seconds: how long one may be held without getting on.
    """

    store: ValidationStore
    queue: JobQueue
    queue_entity: str
    completions_entity: str
    ledger: BatchLedger
    generations: GenerationStore
    blobs: BlobStore
    clock: Clock
    meter: Meter
    tracer: Tracer
    validate_file: FileValidator
    read_checks: Callable[[Mapping[str, Any]], ChecksFile]
    max_delivery_count: int
    time_to_live_seconds: float
    lock_seconds: float
    lease_seconds: float

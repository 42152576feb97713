"""What the use cases around files and jobs stand on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.job import BatchJob
from textnlp.domain.batches.job_lines import ChatOrder
from textnlp.domain.batches.model import RowOutcome
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.file_catalog import FileCatalog
from textnlp.ports.job_store import JobStore


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePorts:
    """The ports of the use cases around files; `blobs` holds their bytes."""

    catalog: FileCatalog
    blobs: BlobStore
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPorts:
    """The ports of the use cases around jobs.

    Attributes:
        batches: the batch engine, which does the work of jobs.
        require_model: returns when some engine answers for a model, raises `NOT_FOUND` otherwise.
        default_model: the model asked where a request names none.
        endpoint: where models are asked, without secrets.
    """

    jobs: JobStore
    files: FilePorts
    batches: BatchPorts
    require_model: Callable[[str], None]
    default_model: str
    endpoint: str


class JobWire(Protocol):
    """The lines of a job's files, in the shapes of the API that its owner calls.

    The lines it writes are without their line ends, and the same each time for the same request.
    """

    def read_body(self, body: bytes) -> ChatOrder:
        """Return what the body of a call asks for; raise `INVALID_INPUT` with the field."""
        ...

    def write_answer(self, job: BatchJob, outcome: RowOutcome) -> bytes:
        """Return the line of the output file for an accepted row."""
        ...

    def write_failure(self, job: BatchJob, outcome: RowOutcome) -> bytes:
        """Return the line of the error file for a row that was rejected or failed."""
        ...

    def write_unasked(self, job: BatchJob, row_id: str, *, index: int, code: str, message: str) -> bytes:
        """Return the line of the error file for a row that was never answered."""
        ...

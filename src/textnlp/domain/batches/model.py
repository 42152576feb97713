"""A batch of prompts, the rows in it, and the ledger that accounts for each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from textnlp.domain.errors import ErrorKind
from textnlp.domain.generation.model import NO_PARAMETERS, NO_USAGE, JsonObject, Message, Parameters, Usage
from textnlp.domain.identifiers import BatchId
from textnlp.domain.identity.tenant import LOCAL_TENANT


class BatchState(StrEnum):
    """Where a batch is in its life; `domain.batches.rules` says which state may follow which."""

    INGESTING = "ingesting"
    RUNNING = "running"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class RowState(StrEnum):
    """What became of a row; every row has exactly one of these, and all but `PENDING` with a reason."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """What a row of a job asks for as a chat completion may, beyond its messages and sampling.

    Attributes:
        choices: answers to be written.
        response_schema: JSON Schema that every one of them must satisfy, or None.
        tools: what the model may call, in OpenAI's form.
        tool_choice: whether and what it must call, in OpenAI's form.
        logprobs: whether the answer tells the log probability of each of its tokens.
        top_logprobs: how many likely tokens are told at each place, besides.
    """

    choices: int = 1
    response_schema: JsonObject | None = None
    tools: tuple[JsonObject, ...] = ()
    tool_choice: str | JsonObject | None = None
    logprobs: bool = False
    top_logprobs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateStart:
    """What a candidate of a dataset begins with.

    Attributes:
        values: drawn columns and the fields of its seed, by name.
        seed: where the seed is from, None where there is none.
    """

    values: JsonObject
    seed: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRow:
    """A row of the input that can be asked.

    Attributes:
        index: 0-based position among all rows of the input, good and bad.
        id: the row's own id, or its 1-based position as text where it has none.
        has_own_id: whether the id stood in the input; such ids must be unique.
        line: 1-based line in the input file, or the row's 1-based position where the format has no lines.
        messages: the conversation to be continued.
        parameters: the row's own sampling parameters, which win over the batch's.
        model: the row's own model, or None for the batch's.
        chat: what it asks for as a chat completion, whose answer is then kept whole; None for a text.
        candidate: what it begins with, where the row stands for a candidate of a dataset and has no messages.
    """

    index: int
    id: str
    has_own_id: bool
    line: int
    messages: tuple[Message, ...]
    parameters: Parameters = NO_PARAMETERS
    model: str | None = None
    chat: ChatOptions | None = None
    candidate: CandidateStart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row of the input that cannot be asked, and why; it is listed as failed and the others go on."""

    index: int
    id: str | None
    line: int
    kind: ErrorKind
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A run of neighbouring rows that travels as one queue message.

    Attributes:
        index: 0-based position among the slices of the batch.
        first_row: index of its first row.
        row_count: rows in it, bad ones left out of the requests but counted here.
        offset: where its requests begin in the batch's requests blob, in bytes.
        size_bytes: how many bytes of the requests blob are its own.
    """

    index: int
    first_row: int
    row_count: int
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """The final state of one row, as it is stored once.

    Attributes:
        row_index: the row's position in the input.
        row_id: the row's id.
        state: any state but `PENDING`.
        record: the line, without line end, that stands for the row in `generations.jsonl` or `errors.jsonl`.
        payload_hash: 16 bytes that identify what was asked.
        usage: tokens of all attempts that were reported.
        attempts: calls made for the row; 0 for a row that never could be asked.
        code: the error kind of a row that was not accepted.
    """

    row_index: int
    row_id: str
    state: RowState
    record: bytes
    payload_hash: bytes = b""
    usage: Usage = NO_USAGE
    attempts: int = 1
    code: ErrorKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCounts:
    """How many rows are in each state; pending is what is left of the input."""

    input: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0

    @property
    def pending(self) -> int:
        """Rows without an outcome yet."""
        return self.input - self.accepted - self.rejected - self.failed

    @property
    def done(self) -> int:
        """Rows with an outcome."""
        return self.accepted + self.rejected + self.failed


NO_COUNTS = LedgerCounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRound:
    """The round of a dataset's run that a batch is.

    Attributes:
        run: the run's id.
        number: 0-based number of the round.
        first: number of the candidate that the batch's first row stands for.
        recipe_path: blob with the recipe.
    """

    run: str
    number: int
    first: int
    recipe_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpec:
    """What a batch is to do; together with the input it decides every request, and nothing else does.

    Attributes:
        model: the model asked unless a row names its own.
        parameters: sampling for rows that do not say otherwise.
        response_schema: JSON Schema that every completion must satisfy, or None.
        endpoint: the deployment that is called, as the engine names itself.
        is_job: a job of `/v1/batches` stands behind it, which sees to its input and to files of its own.
        round: the round of a dataset's run that it is, whose rows stand for candidates; None for prompts.
        checks: what its answers are looked at for when it has completed, as a document; None for the usual checks.
    """

    model: str
    parameters: Parameters = NO_PARAMETERS
    response_schema: Mapping[str, Any] | None = None
    endpoint: str = ""
    is_job: bool = False
    round: DatasetRound | None = None
    checks: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as the ledger holds it.

    Attributes:
        name: what people call it, usually the input's file name.
        tenant: whose it is.
        caller: who submitted it, and is charged for it.
        source: what it was made from, unique where set, so that one upload makes one batch.
        source_sha256: hex digest of the input's bytes.
        requests_path: blob with the rows' requests, cut into slices by `Slice`.
        output_prefix: where its files are put in the blob store, ending in `/`.
        counts: rows by state, always in balance.
        usage: tokens of all recorded rows.
        reason: why it is in a state that nobody asked for.
    """

    id: BatchId
    name: str
    state: BatchState
    spec: BatchSpec
    created_at: datetime
    tenant: str = LOCAL_TENANT
    caller: str = LOCAL_TENANT
    source: str | None = None
    source_sha256: str = ""
    requests_path: str = ""
    output_prefix: str = ""
    counts: LedgerCounts = NO_COUNTS
    usage: Usage = NO_USAGE
    slice_count: int = 0
    finished_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCause:
    """Rows that ended for the same reason, with one of their messages as an example."""

    code: ErrorKind
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFile:
    """A file of a finished batch; `rows` is the number of input rows it stands for."""

    name: str
    size_bytes: int
    sha256: str
    rows: int

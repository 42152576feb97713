"""The rows of a dataset, and where each of their cells is from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from textnlp.domain.generation.model import NO_USAGE, JsonObject, Usage
from textnlp.domain.validation.reason import Reason


class RowFate(StrEnum):
    """What became of a row that a candidate gave."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    SURPLUS = "surplus"
    """Good, but not needed any more when it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellUse:
    """What a cell took of one model, in the terms of `CellRecord`."""

    model: str
    calls: int = 0
    attempts: int = 0
    usage: Usage = NO_USAGE
    reused: int = 0
    reused_usage: Usage = NO_USAGE

    def plus(self, other: "CellUse") -> "CellUse":
        """Add what the cell took of the model at another time."""
        return CellUse(
            model=self.model,
            calls=self.calls + other.calls,
            attempts=self.attempts + other.attempts,
            usage=self.usage.plus(other.usage),
            reused=self.reused + other.reused,
            reused_usage=self.reused_usage.plus(other.reused_usage),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRecord:
    """Where the value of one cell is from; cells that were drawn or worked out have no model.

    Attributes:
        column: the column.
        kind: its kind in the recipe.
        model: the model that answered, as its provider names it; of several the one that was asked first.
        template: `name@version` where a stored template was asked.
        parameters: those of the call, the seed among them.
        call_id: hexadecimal digits that are equal for calls that ask the same (`payload_hash`); of the last call.
        calls: calls that made up the value: turns of a conversation, repairs.
        attempts: requests that were sent for them, retries included; 0 where everything was reused.
        usage: tokens of all calls, reused ones included.
        reused: calls whose answers were there from before.
        reused_usage: their tokens, which cost nothing.
        messages: what was asked in the last call, where it is kept.
        uses: one a model where several were asked; they add up to the figures above.
    """

    column: str
    kind: str
    model: str | None = None
    template: str | None = None
    parameters: JsonObject | None = None
    call_id: str | None = None
    calls: int = 0
    attempts: int = 0
    usage: Usage = NO_USAGE
    reused: int = 0
    reused_usage: Usage = NO_USAGE
    messages: tuple[JsonObject, ...] = ()
    uses: tuple[CellUse, ...] = ()

    @property
    def by_model(self) -> tuple[CellUse, ...]:
        """What the cell took of each model; nothing where none was asked."""
        if self.uses or not (self.calls or self.attempts):
            return self.uses
        return (
            CellUse(
                model=self.model or "",
                calls=self.calls,
                attempts=self.attempts,
                usage=self.usage,
                reused=self.reused,
                reused_usage=self.reused_usage,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRow:
    """A row of a dataset, whatever became of it.

    Attributes:
        candidate: 0-based number of the candidate that it is from.
        item: 0-based position among the rows of that candidate.
        values: the columns' values by name; of a row that failed, those it had by then.
        seed: the seed that it began with, with `index` and, for documents, file, page and offset.
        cells: one a column, in the order in which they were made.
    """

    candidate: int
    item: int
    fate: RowFate
    values: Mapping[str, Any]
    reasons: tuple[Reason, ...] = ()
    seed: JsonObject | None = None
    cells: tuple[CellRecord, ...] = ()

    @property
    def id(self) -> str:
        """The row's id: `candidate` or `candidate.item`."""
        return f"{self.candidate}.{self.item}" if self.item else str(self.candidate)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How many rows were turned away for the same reason, with one message as an example."""

    code: str
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetCounts:
    """How many rows met which fate; `candidates` that gave no row at all are among the rejected."""

    candidates: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    surplus: int = 0

    @property
    def rows(self) -> int:
        """All rows."""
        return self.accepted + self.rejected + self.failed + self.surplus


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """What one model did for a dataset; `cost` is in US dollars, None where its price is not known."""

    model: str
    calls: int
    reused: int
    usage: Usage
    cost: float | None = None
    license: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFacts:
    """What is said of a version of a dataset beside its rows.

    Attributes:
        name: the dataset's.
        version: 1 for the first.
        recipe: the recipe, in JSON's own types.
        fingerprint: of the recipe.
        target: rows that were wanted.
        reasons: why rows were turned away, the most frequent first.
        stopped_by: the limit that ended the run before the target, in a sentence; None where none did.
        started_at: ISO 8601.
        finished_at: ISO 8601.
        generator: name and version of what made it.
        extra: further facts, such as the coverage of a topic tree.
    """

    name: str
    version: int
    recipe: JsonObject
    fingerprint: str
    target: int
    counts: DatasetCounts
    reasons: tuple[ReasonCount, ...] = ()
    models: tuple[ModelUse, ...] = ()
    stopped_by: str | None = None
    started_at: str = ""
    finished_at: str = ""
    generator: str = ""
    extra: JsonObject | None = None

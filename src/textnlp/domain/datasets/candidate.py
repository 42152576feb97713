"""What one candidate gave: its rows before they are chosen from, and what making them took."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from textnlp.domain.datasets.model import CellRecord, DatasetRow
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """What one column took of one model, for one candidate or for several.

    Attributes:
        calls: answers that were used, reused ones included.
        attempts: requests that were sent for them.
        usage: tokens of all answers, reused ones included.
        reused: answers that were there from before; `reused_usage` are their tokens, which cost nothing.
    """

    column: str
    model: str
    calls: int = 0
    attempts: int = 0
    usage: Usage = NO_USAGE
    reused: int = 0
    reused_usage: Usage = NO_USAGE

    def plus(self, other: "ColumnUse") -> "ColumnUse":
        """Add what the same column took of the same model elsewhere."""
        return ColumnUse(
            column=self.column,
            model=self.model,
            calls=self.calls + other.calls,
            attempts=self.attempts + other.attempts,
            usage=self.usage.plus(other.usage),
            reused=self.reused + other.reused,
            reused_usage=self.reused_usage.plus(other.reused_usage),
        )

    @property
    def charged_usage(self) -> Usage:
        """Tokens that were paid for."""
        return self.usage.minus(self.reused_usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRecord:
    """A candidate as the ledger keeps it.

    Attributes:
        rows: in the order of their items; `ACCEPTED` are those that may be chosen.
        uses: one a column and model.
    """

    rows: tuple[DatasetRow, ...]
    uses: tuple[ColumnUse, ...] = ()


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(CandidateRecord)


def encode_candidate(record: CandidateRecord) -> bytes:
    """Return a candidate as one line of JSON, without its line end."""
    return _ENCODER.encode(record)


def decode_candidate(data: bytes) -> CandidateRecord:
    """Read what `encode_candidate` wrote; raises `INTERNAL` for anything else."""
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise TextNLPError(f"A stored candidate cannot be read: {exc}.", kind=ErrorKind.INTERNAL) from exc


def uses_of(cells: Sequence[CellRecord]) -> tuple[ColumnUse, ...]:
    """Add up what cells took, by column and model; cells that asked nothing are left out."""
    found: dict[tuple[str, str], ColumnUse] = {}
    for cell in cells:
        for each in cell.by_model:
            use = ColumnUse(
                column=cell.column,
                model=each.model,
                calls=each.calls,
                attempts=each.attempts,
                usage=each.usage,
                reused=each.reused,
                reused_usage=each.reused_usage,
            )
            key = (use.column, use.model)
            found[key] = found[key].plus(use) if key in found else use
    return tuple(found.values())

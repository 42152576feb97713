"""Why a row was turned away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What a row repeats of a benchmark or of what it was made from: `words` in a row, their text, and its source."""

    kind: Literal["contamination", "leakage"]
    source: str
    words: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a row was not accepted.

    Attributes:
        code: short and stable: the name of a check, `duplicate`, `filter:<step>`, or an error kind.
        message: a sentence about this row.
        column: the column that it is about, where it is about one.
        row: the row that it says the same as, of a duplicate.
        similarity: of a duplicate, to that row, 0 to 1, where it was measured.
        overlap: what the row repeats of a benchmark or of what it was made from.
        counts: what was found in the row and how often, by type, of personal data.
    """

    code: str
    message: str
    column: str | None = None
    row: str | None = None
    similarity: float | None = None
    overlap: Overlap | None = None
    counts: Mapping[str, int] | None = None

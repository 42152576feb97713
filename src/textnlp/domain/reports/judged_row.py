"""A row as a report is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textnlp.domain.datasets.model import RowFate
from textnlp.domain.validation.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateOf:
    """The row that was kept in a row's place, and their similarity where it was measured."""

    keeper: str
    similarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What a row repeats of a source: `words` in a row, the text of it, and where the source has it."""

    kind: str
    source: str
    words: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """A row, what became of it, and what checks say of it.

    Attributes:
        id: its id, or its number in the input.
        values: all columns by name.
        written: the columns as readers of the dataset get them, where these are others.
        is_checked: whether checks looked at it; a row that could not be made or read was not looked at.
        flags: what was found that is no reason to turn it away.
        scores: by the codes of the checks that give one.
        duplicate_of: the row that was kept in its place; where left out, the one that a reason `duplicate` points at.
    """

    id: str
    values: Mapping[str, Any]
    fate: RowFate
    written: Mapping[str, Any] | None = None
    is_checked: bool = True
    reasons: Sequence[Reason] = ()
    flags: Sequence[Reason] = ()
    scores: Mapping[str, float] = field(default_factory=dict[str, float])
    duplicate_of: DuplicateOf | None = None
    overlaps: Sequence[Overlap] = ()

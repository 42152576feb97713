"""A row as a report is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textnlp.domain.datasets.model import RowFate
from textnlp.domain.validation.reason import Reason


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
    """

    id: str
    values: Mapping[str, Any]
    fate: RowFate
    written: Mapping[str, Any] | None = None
    is_checked: bool = True
    reasons: Sequence[Reason] = ()
    flags: Sequence[Reason] = ()
    scores: Mapping[str, float] = field(default_factory=dict[str, float])

"""What one check finds, counted row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from textnlp.domain.diversity.number_counts import NumberCounts
from textnlp.domain.diversity.reservoir import Reservoir
from textnlp.domain.reports.finding_figures import CheckFigures, FailureExample
from textnlp.domain.reports.number_figures import number_figures
from textnlp.domain.reports.shown_text import shown_text

EXAMPLES = 3
_MOST_CHARACTERS = 300
_NOT_PARAMETERS = frozenset({"kind", "name", "column", "key"})
HIDDEN_KINDS = frozenset({"pii"})
"""Checks whose failures are about what must not be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSubject:
    """A check as it was declared.

    Attributes:
        code: what its failures are counted under.
        hides_values: whether the values that fail it must not be shown.
    """

    code: str
    kind: str = ""
    column: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    hides_values: bool = False


def check_subject(document: Mapping[str, Any]) -> CheckSubject:
    """Return what a check's document declares."""
    kind, column = str(document.get("kind", "")), document.get("column")
    own = f"{kind}:{column}" if column else document.get("where") or document.get("function") or kind
    shown = {
        name: _shown(value)
        for name, value in document.items()
        if name not in _NOT_PARAMETERS and value not in (None, [], {})
    }
    return CheckSubject(
        code=str(document.get("name") or own),
        kind=kind,
        column=str(column) if column else None,
        parameters=shown,
        hides_values=kind in HIDDEN_KINDS,
    )


class CheckTally:
    """Counts what one check says."""

    def __init__(self, subject: CheckSubject, *, seed: int = 0) -> None:
        self.subject = subject
        self.looked_at = self.failed = self.flagged = 0
        self._scores = NumberCounts()
        self._pending: list[float] = []
        self._examples = Reservoir[FailureExample](EXAMPLES, seed=seed)

    def look(self, values: Mapping[str, Any]) -> None:
        """Count a row that the check looked at; one without a value was not looked at unless it must have one."""
        column = self.subject.column
        if column is None or self.subject.kind == "required" or values.get(column) is not None:
            self.looked_at += 1

    def fail(self, row: str, message: str, value: Any, *, is_hidden: bool) -> None:
        """Count a failure."""
        self.failed += 1
        has_value = value is not None and not is_hidden and not self.subject.hides_values
        shown = shown_text(value, most=_MOST_CHARACTERS) if has_value else None
        example = FailureExample(row=row, message=shown_text(message, most=_MOST_CHARACTERS), value=shown)
        self._examples.add([example])

    def score(self, score: float) -> None:
        """Count a score."""
        self._pending.append(score)
        if len(self._pending) >= 4_096:  # noqa: PLR2004  worth a call of NumPy
            self._take_scores()

    def figures(self) -> CheckFigures:
        """Return the figures of the rows so far."""
        self._take_scores()
        subject = self.subject
        return CheckFigures(
            code=subject.code,
            kind=subject.kind,
            column=subject.column,
            parameters=dict(subject.parameters),
            looked_at=max(self.looked_at, self.failed),
            failed=self.failed,
            flagged=self.flagged,
            scores=number_figures(self._scores),
            examples=self._examples.items,
        )

    def _take_scores(self) -> None:
        self._scores.add(np.array(self._pending, dtype=np.float64))
        self._pending.clear()


def _shown(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in cast("list[Any]", value)):
        return shown_text(", ".join(map(str, cast("list[Any]", value))), most=_MOST_CHARACTERS)
    return shown_text(value, most=_MOST_CHARACTERS)

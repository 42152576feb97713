"""What came of looking at many rows."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.row_checks import CheckedRow

_EXAMPLES = 5


@dataclass(slots=True)
class ScoreSummary:
    """The scores of a check: how many, the least, the mean and the largest."""

    count: int = 0
    least: float = math.inf
    total: float = 0.0
    most: float = -math.inf

    def add(self, score: float) -> None:
        """Count one in."""
        self.count += 1
        self.least = min(self.least, score)
        self.total += score
        self.most = max(self.most, score)


@dataclass(slots=True)
class ValidationSummary:
    """The balance of rows: `rows` = `accepted` + `rejected` + `failed`, with why.

    Attributes:
        failed: rows that could not be read.
        reasons: rows by the check that they failed; a row may fail several.
        flags: rows by the check that found something that is no reason to fail.
        changed: rows in which something was redacted or replaced.
        examples: some failures of each check, `(row, message)`.
    """

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    changed: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])
    flags: Counter[str] = field(default_factory=Counter[str])
    scores: dict[str, ScoreSummary] = field(default_factory=dict[str, ScoreSummary])
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=dict[str, list[tuple[int, str]]])

    @property
    def pass_rate(self) -> float:
        """Share of the rows that are good; 0 where there are none."""
        return self.accepted / self.rows if self.rows else 0.0

    def add_bad(self) -> None:
        """Count a row that could not be read."""
        self.rows += 1
        self.failed += 1

    def add(self, record: Record, row: CheckedRow) -> None:
        """Count a row that was looked at."""
        self.rows += 1
        if row.reasons:
            self.rejected += 1
            self._add_reasons(record.number, row.reasons)
        else:
            self.accepted += 1
        for code in dict.fromkeys(flag.code for flag in row.flags):
            self.flags[code] += 1
        self.changed += row.is_changed
        for name, score in row.scores.items():
            self.scores.setdefault(name, ScoreSummary()).add(score)

    def _add_reasons(self, number: int, reasons: list[Reason]) -> None:
        """Count why a row fails, each check once."""
        for code in dict.fromkeys(reason.code for reason in reasons):
            self.reasons[code] += 1
        for reason in reasons:
            shown = self.examples.setdefault(reason.code, [])
            if len(shown) < _EXAMPLES:
                shown.append((number, reason.message))

    def document(self) -> dict[str, Any]:
        """Return it in JSON's own types; checks by how many rows fail them."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "failed": self.failed,
            "changed": self.changed,
            "pass_rate": round(self.pass_rate, 6),
            "reasons": [
                {
                    "check": code,
                    "rows": count,
                    "examples": [{"row": row, "message": message} for row, message in self.examples[code]],
                }
                for code, count in self.reasons.most_common()
            ],
            "flags": [{"check": code, "rows": count} for code, count in self.flags.most_common()],
            "scores": {
                name: {
                    "rows": scores.count,
                    "least": scores.least,
                    "mean": scores.total / scores.count,
                    "most": scores.most,
                }
                for name, scores in self.scores.items()
            },
        }

"""What a report says of what checks found."""

from typing import Literal

import msgspec

from textnlp.domain.reports.column_figures import NumberFigures


class FailureExample(msgspec.Struct, frozen=True, kw_only=True):
    """A row that failed a check.

    Attributes:
        row: its id, or its number in the input.
        message: why, in a sentence.
        value: the value that was looked at, cut; None where the check is of whole rows, or where showing it would show
            personal data.
    """

    row: str
    message: str
    value: str | None = None


class CheckFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found.

    Attributes:
        code: what its failures are counted under.
        looked_at: rows with a value to look at.
        failed: rows that do not pass.
        flagged: rows that pass with a remark.
        scores: what it measured, for checks that measure something.
        examples: of failures, drawn evenly from all.
    """

    code: str
    kind: str = ""
    column: str | None = None
    parameters: dict[str, str] = {}
    looked_at: int
    failed: int
    flagged: int = 0
    scores: NumberFigures | None = None
    examples: list[FailureExample] = []

    @property
    def pass_rate(self) -> float:
        """Share of the rows that pass; 1 where none was looked at."""
        return 1 - self.failed / self.looked_at if self.looked_at else 1.0


class DuplicateMember(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was removed, how like its keeper it is where that was measured, and how it begins."""

    row: str
    similarity: float | None = None
    text: str | None = None


class DuplicateCluster(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was kept, and rows that say the same: `removed` of them, the first are listed."""

    keeper: str
    removed: int
    members: list[DuplicateMember]


class DuplicateFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that were removed because others say the same.

    Attributes:
        clusters: rows that were kept in their place, within 1 % beyond 65,536.
        largest: the largest clusters. Beyond 8,192 clusters their sizes are upper bounds.
    """

    removed: int
    clusters: int
    largest: list[DuplicateCluster]


class PersonalDataFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data or secrets of one type: in how many rows, and how often."""

    type: str
    rows: int
    findings: int


class JudgeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How far a judge agrees with people; without `labels` it is not calibrated, and its scores are opinions.

    Attributes:
        labels: verdicts of people that it was compared with.
        question: what people were asked, and which of their answers mean that a row is good.
        kappa: Cohen's.
        threshold: from which score on rows are good, picked on those labels; with its precision and recall.
        notes: what to know before its scores are trusted, a sentence each.
    """

    judge: str
    labels: int = 0
    question: str = ""
    kappa: float | None = None
    threshold: float | None = None
    precision: float | None = None
    recall: float | None = None
    notes: list[str] = []


class OverlapExample(msgspec.Struct, frozen=True, kw_only=True):
    """A row that repeats a source, where it does, and how many words in a row."""

    row: str
    source: str
    words: int
    text: str


class OverlapFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that repeat what they must not: a benchmark's files (`contamination`) or their own seeds (`leakage`)."""

    kind: Literal["contamination", "leakage"]
    looked_at: int
    rows: int
    longest_words: int
    examples: list[OverlapExample] = []

"""What a report of a dataset's quality says; `report.json` is this, field by field."""

from typing import Literal

import msgspec

from textnlp.domain.reports.column_figures import ColumnFigures
from textnlp.domain.reports.finding_figures import (
    CheckFigures,
    DuplicateFigures,
    JudgeFigures,
    OverlapFigures,
    PersonalDataFigure,
)
from textnlp.domain.reports.verdict_figures import PairwiseFigures, PanelFigures, RankingFigures

FORMAT = 1


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What the report is of.

    Attributes:
        kind: a dataset that was made, or rows of any origin that were looked at.
        name: the dataset's, or the input's.
        version: of a dataset.
        description: what its maker says of it.
        created: ISO 8601.
        generator: name and version of what made the report.
        facts: further facts by name, such as the recipe's fingerprint.
    """

    kind: Literal["dataset", "validation"]
    name: str
    version: int | None = None
    description: str = ""
    created: str = ""
    generator: str = ""
    facts: dict[str, str] = {}


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows; the fates add up to `rows`.

    Attributes:
        candidates: what rows were made from; None where rows came from a file.
        target: accepted rows that were wanted; None where nobody said.
        stopped_by: the limit that ended a run before its target, in a sentence.
        splits: accepted rows by split.
    """

    rows: int
    accepted: int
    rejected: int
    failed: int
    surplus: int
    candidates: int | None = None
    target: int | None = None
    stopped_by: str | None = None
    splits: dict[str, int] = {}


class ReasonFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows were turned away for this reason first, with a message as an example."""

    code: str
    rows: int
    example: str


class CellFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A combination of values, its rows, and how many there should be where somebody said."""

    labels: list[str]
    rows: int
    target: int | None = None


class CoverageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How accepted rows cover what they should cover.

    Attributes:
        name: the quota's column, the columns that are combined, or `topics`.
        cells: combinations or topics that there are; `covered` of them have rows.
        rows: accepted rows; `unknown` of them belong to no cell.
        evenness: 0 to 1; 1 where all cells have as many rows.
        listed: cells with the fewest rows for their target first; the first 200.
    """

    name: str
    factors: list[str]
    cells: int
    covered: int
    rows: int
    unknown: int
    evenness: float
    listed: list[CellFigure]


class ModelFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one model did; `cost` in US dollars, None where its price is not known."""

    model: str
    calls: int
    reused: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None
    license: str | None = None


class CostFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows cost in US dollars; None where a price is not known."""

    total: float | None
    per_accepted_row: float | None
    tokens_per_accepted_row: float | None
    models: list[ModelFigures]


class DriftFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How far a column is from a reference: `of` says what was compared, `level` what to make of it."""

    column: str
    of: Literal["values", "numbers", "lengths", "languages"]
    level: str
    psi: float | None = None
    chance: float | None = None
    jensen_shannon: float | None = None
    kolmogorov_smirnov: float | None = None
    wasserstein: float | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that whoever reads the report should know first."""

    level: Literal["warning", "note"]
    message: str


class QualityReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report; parts that nothing is known of are empty or None.

    Attributes:
        reasons: why rows were turned away, the most frequent first; each row counts for its first reason.
        checks: in the order in which they are declared; a row may fail several.
        judges: how far scores agree with verdicts of people.
        panels: how the judges of a panel agree among themselves; pairwise columns, and rankings, follow.
        examples: accepted rows, as they are written.
    """

    format: Literal[1] = FORMAT
    subject: Subject
    balance: Balance
    notices: list[Notice] = []
    reasons: list[ReasonFigure] = []
    checks: list[CheckFigures] = []
    columns: list[ColumnFigures] = []
    coverage: list[CoverageFigures] = []
    duplicates: DuplicateFigures | None = None
    personal_data: list[PersonalDataFigure] = []
    cost: CostFigures | None = None
    judges: list[JudgeFigures] = []
    panels: list[PanelFigures] = []
    pairs: list[PairwiseFigures] = []
    rankings: list[RankingFigures] = []
    overlaps: list[OverlapFigures] = []
    drift: list[DriftFigures] = []
    reference: str | None = None
    examples: list[dict[str, str]] = []

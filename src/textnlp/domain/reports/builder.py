"""Builds a report from rows that are handed in batch by batch."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from textnlp.domain.datasets.model import RowFate
from textnlp.domain.reports.cell_tally import CellTally
from textnlp.domain.reports.check_tally import CheckSubject, CheckTally
from textnlp.domain.reports.column_figures import ColumnFigures
from textnlp.domain.reports.column_profile import ColumnProfile
from textnlp.domain.reports.duplicate_tally import DuplicateTally
from textnlp.domain.reports.field_values import field_values
from textnlp.domain.reports.finding_figures import PersonalDataFigure
from textnlp.domain.reports.judged_row import JudgedRow
from textnlp.domain.reports.model import Balance, QualityReport, ReasonFigure, Subject
from textnlp.domain.reports.notices import with_notices
from textnlp.domain.reports.overlap_tally import OverlapTally
from textnlp.domain.reports.shown_text import shown_text

_BLOCK_ROWS = 1_000
_EXAMPLES = 5
_MOST_REASONS = 1_000
_MOST_COLUMNS = 300
_TEXT_CHARACTERS = 200
_OTHER_REASONS = "other reasons"
_DUPLICATE = "duplicate"
_HIDDEN = "(not shown)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What a report is to look at.

    Attributes:
        checks: those that were declared; others that rows failed are found all the same.
        cells: counts what accepted rows should cover.
        has_diversity: whether texts are measured for diversity and language.
        has_overlaps: whether rows were compared with benchmarks (`contamination`) or seeds (`leakage`).
        hidden_columns: columns whose values are never shown.
        seed: of samples.
    """

    checks: Sequence[CheckSubject] = ()
    cells: CellTally = field(default_factory=lambda: CellTally({}, {}))
    has_diversity: bool = True
    has_overlaps: Sequence[str] = ()
    hidden_columns: frozenset[str] = frozenset()
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLabel:
    """The type and the kind of a column as its dataset states them."""

    type: str = ""
    kind: str = ""


class ReportBuilder:
    """Counts rows in memory that does not grow with their number.

    Examples are drawn evenly by the options' seed, and rows are looked at in blocks of 1,000, so that the same rows in
    the same order give the same report, however they are handed in.

    A value is not shown where its row has failed, or was flagged by, a check for personal data.
    """

    def __init__(self, options: ReportOptions | None = None) -> None:
        self._options = options or ReportOptions()
        self._waiting: list[JudgedRow] = []
        self._fates: Counter[RowFate] = Counter()
        self._reasons: Counter[str] = Counter()
        self._reason_examples: dict[str, str] = {}
        self._checks = {subject.code: CheckTally(subject, seed=self._options.seed) for subject in self._options.checks}
        self._declared = list(self._checks.values())
        self._columns: dict[str, ColumnProfile] = {}
        self._duplicates = DuplicateTally()
        self._personal_rows: Counter[str] = Counter()
        self._personal_findings: Counter[str] = Counter()
        self._overlaps = [OverlapTally(kind) for kind in ("contamination", "leakage")]
        self._checked = 0
        self._examples: list[dict[str, str]] = []

    def add(self, rows: Sequence[JudgedRow]) -> None:
        """Count rows in."""
        self._waiting += rows
        while len(self._waiting) >= _BLOCK_ROWS:
            self._take(self._waiting[:_BLOCK_ROWS])
            del self._waiting[:_BLOCK_ROWS]

    def add_failed(self, count: int, *, code: str, example: str) -> None:
        """Count rows of which nothing is known but why they could not be read or made."""
        self._fates[RowFate.FAILED] += count
        self._count_reason(code, example, rows=count)

    def report(self, subject: Subject, *, labels: Mapping[str, ColumnLabel] | None = None) -> QualityReport:
        """Return the report of the rows so far.

        Columns that `labels` name come first, in that order. What is known from elsewhere, such as cost, is added to
        the report by `msgspec.structs.replace`, and notices by `with_notices` after that.
        """
        self._take(self._waiting)
        self._waiting.clear()
        fates = self._fates
        balance = Balance(
            rows=fates.total(),
            accepted=fates[RowFate.ACCEPTED],
            rejected=fates[RowFate.REJECTED],
            failed=fates[RowFate.FAILED],
            surplus=fates[RowFate.SURPLUS],
        )
        has_overlaps = self._options.has_overlaps
        report = QualityReport(
            subject=subject,
            balance=balance,
            reasons=[
                ReasonFigure(code=code, rows=rows, example=self._reason_examples[code])
                for code, rows in self._reasons.most_common()
            ],
            checks=[tally.figures() for tally in self._declared],
            columns=self._column_figures(labels or {}),
            coverage=self._options.cells.figures(target=None),
            duplicates=self._duplicates.figures(),
            personal_data=[
                PersonalDataFigure(type=name, rows=rows, findings=self._personal_findings[name])
                for name, rows in self._personal_rows.most_common()
            ],
            overlaps=[
                figures
                for tally in self._overlaps
                if (figures := tally.figures(looked_at=self._checked)).rows or figures.kind in has_overlaps
            ],
            examples=self._examples,
        )
        return with_notices(report)

    def _take(self, rows: Sequence[JudgedRow]) -> None:
        for row in rows:
            self._add_row(row)
        accepted = [row for row in rows if row.fate is RowFate.ACCEPTED]
        if not accepted:
            return
        self._options.cells.add([row.values for row in accepted])
        self._profile([row.values if row.written is None else row.written for row in accepted])
        for row in accepted:
            if len(self._examples) >= _EXAMPLES:
                break
            if not self._is_hidden(row):
                shown = row.values if row.written is None else row.written
                self._examples.append(self._shown(shown))

    def _add_row(self, row: JudgedRow) -> None:
        self._fates[row.fate] += 1
        is_hidden = self._is_hidden(row)
        if row.reasons:
            self._count_reason(row.reasons[0].code, row.reasons[0].message, rows=1)
        if row.is_checked:
            self._checked += 1
            self._count_checks(row, is_hidden=is_hidden)
        found = self._personal_data(row)
        self._personal_rows.update(found.keys())
        self._personal_findings.update(found)
        for reason in row.reasons:
            if reason.code == _DUPLICATE and reason.row:
                has_text = not is_hidden and not self._options.hidden_columns
                text = _beginning(row) if has_text else None
                self._duplicates.add(row.id, keeper=reason.row, similarity=reason.similarity, text=text)
        if overlaps := [reason.overlap for reason in row.reasons if reason.overlap is not None]:
            for tally in self._overlaps:
                tally.add(row.id, overlaps, is_hidden=is_hidden)

    def _count_checks(self, row: JudgedRow, *, is_hidden: bool) -> None:
        for tally in self._declared:
            tally.look(row.values)
        for reason in row.reasons:
            tally = self._checks.get(reason.code)
            if tally is not None:
                is_shown = reason.column is not None and reason.column not in self._options.hidden_columns
                value = row.values.get(reason.column) if is_shown and reason.column else None
                tally.fail(row.id, reason.message, value, is_hidden=is_hidden)
        for code in dict.fromkeys(flag.code for flag in row.flags):
            if code in self._checks:
                self._checks[code].flagged += 1
        for code, score in row.scores.items():
            if code in self._checks:
                self._checks[code].score(score)

    def _count_reason(self, code: str, message: str, *, rows: int) -> None:
        if code not in self._reasons and len(self._reasons) >= _MOST_REASONS:
            code = _OTHER_REASONS
        self._reasons[code] += rows
        if code not in self._reason_examples:
            self._reason_examples[code] = shown_text(message)

    def _profile(self, rows: Sequence[Mapping[str, Any]]) -> None:
        before = next(iter(self._columns.values())).rows if self._columns else 0
        found = field_values(rows)
        for name in found:
            if name not in self._columns and len(self._columns) < _MOST_COLUMNS:
                profile = ColumnProfile(has_diversity=self._options.has_diversity, seed=self._options.seed)
                profile.add_nulls(before)
                self._columns[name] = profile
        for name, profile in self._columns.items():
            profile.add(found.get(name) or [None] * len(rows))

    def _column_figures(self, labels: Mapping[str, ColumnLabel]) -> list[ColumnFigures]:
        names = [*labels, *(name for name in self._columns if name not in labels)]
        ordered = [
            column
            for name in names
            for column in self._columns
            if column == name or (name in labels and column.startswith(f"{name}.") and column not in labels)
        ]
        hidden = {
            tally.subject.column
            for tally in self._declared
            if tally.subject.hides_values and (tally.failed or tally.flagged)
        } | self._options.hidden_columns
        found: list[ColumnFigures] = []
        for name in dict.fromkeys(ordered):
            first = name.split(".")[0]
            label = labels.get(name) or ColumnLabel(kind=labels.get(first, ColumnLabel()).kind)
            figures = self._columns[name].figures(name, type_name=label.type, kind=label.kind)
            found.append(msgspec.structs.replace(figures, values=[]) if hidden & {name, first} else figures)
        return found

    def _shown(self, values: Mapping[str, Any]) -> dict[str, str]:
        hidden = self._options.hidden_columns
        return {name: _HIDDEN if name in hidden else shown_text(value) for name, value in values.items()}

    def _is_hidden(self, row: JudgedRow) -> bool:
        """Whether the row's values must not be shown."""
        return any(self._hides_values(each.code) for each in (*row.reasons, *row.flags))

    def _hides_values(self, code: str) -> bool:
        return code in self._checks and self._checks[code].subject.hides_values

    def _personal_data(self, row: JudgedRow) -> Counter[str]:
        found: Counter[str] = Counter()
        for each in (*row.reasons, *row.flags):
            if each.counts and self._hides_values(each.code):
                found.update(each.counts)
        return found


def declared(subjects: Iterable[CheckSubject]) -> list[CheckSubject]:
    """Return subjects with codes of their own: a check that has the code of an earlier one is counted with it."""
    found: dict[str, CheckSubject] = {}
    for subject in subjects:
        known = found.setdefault(subject.code, subject)
        if subject.hides_values and not known.hides_values:
            found[subject.code] = dataclasses.replace(known, hides_values=True)
    return list(found.values())


def _beginning(row: JudgedRow) -> str | None:
    texts = [value for value in row.values.values() if isinstance(value, str)]
    return shown_text(max(texts, key=len), most=_TEXT_CHARACTERS) if texts else None

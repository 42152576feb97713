"""Look at every row of a source, and say of each whether it is good, and why not."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from textnlp.domain.matching.near_duplicates import NearDuplicates
from textnlp.domain.reports.validation_report import ValidationReport
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.compared_text import compared_text
from textnlp.domain.validation.duplicate_checks import Duplicates
from textnlp.domain.validation.operators import MakeOutside
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks
from textnlp.domain.validation.summary import ScoreSummary, ValidationSummary
from textnlp.ports.record_source import RecordSource
from textnlp.ports.verdict_files import VerdictFiles

_ROWS_AT_ONCE = 2_000
_DUPLICATE = "duplicate"

Looker = Callable[[Iterator[list[Record | BadRecord]]], Iterator[tuple[list[Record | BadRecord], list[CheckedRow]]]]
"""Takes batches of rows and returns each with what checks say of its good ones, in the same order."""


class RowJudge:
    """Says of rows whether they are good: by their checks, then by whether they repeat one that passed.

    Rows have to come in their order, since a repetition points at what was there before.
    """

    def __init__(self, checks: ChecksFile, *, field: str = "", outside: MakeOutside | None = None) -> None:
        self._checks = RowChecks(checks.checks, field=f"{field}checks", outside=outside)
        self._duplicates = None if checks.duplicates is None else _Duplicates(checks.duplicates)

    @property
    def is_waiting(self) -> bool:
        """Whether looking waits for somebody's answers."""
        return self._checks.is_waiting

    def look(self, records: Sequence[Record]) -> list[CheckedRow]:
        """Return what checks say of rows, without looking for repetitions: any process can do that."""
        return self._checks.look([record.values for record in records])

    def decide(self, records: Sequence[Record], checked: Sequence[CheckedRow]) -> None:
        """Add which rows repeat another; one that failed anyway is neither compared nor kept."""
        if self._duplicates is not None:
            good = [(record, row) for record, row in zip(records, checked, strict=True) if not row.reasons]
            self._duplicates.reject(good)


def validate_rows(
    source: RecordSource,
    judge: RowJudge,
    files: VerdictFiles,
    *,
    look: Looker | None = None,
    report: ValidationReport | None = None,
    on_progress: Callable[[ValidationSummary], None] | None = None,
) -> ValidationSummary:
    """Look at all rows, hand each to `files` and `report`, and return the balance; memory does not grow with the rows.

    What is looked for across rows, repetitions, grows with the rows that pass. Raises what the source raises.
    """
    summary = ValidationSummary()
    batches = _batches(source.records())
    for batch, verdicts in (look or _looked(judge))(batches):
        judge.decide([record for record in batch if isinstance(record, Record)], verdicts)
        checked = iter(verdicts)
        for record in batch:
            summary.rows += 1
            if isinstance(record, BadRecord):
                summary.failed += 1
                files.add_bad(record)
                if report is not None:
                    report.add_bad(record)
                continue
            row = next(checked)
            _count(summary, record, row)
            files.add(record, row)
            if report is not None:
                report.add(record, row)
        if on_progress is not None:
            on_progress(summary)
    return summary


def _looked(judge: RowJudge) -> Looker:
    def look(
        batches: Iterator[list[Record | BadRecord]],
    ) -> Iterator[tuple[list[Record | BadRecord], list[CheckedRow]]]:
        for batch in batches:
            yield batch, judge.look([record for record in batch if isinstance(record, Record)])

    return look


def _batches(records: Iterator[Record | BadRecord]) -> Iterator[list[Record | BadRecord]]:
    while batch := list(islice(records, _ROWS_AT_ONCE)):
        yield batch


def _count(summary: ValidationSummary, record: Record, row: CheckedRow) -> None:
    if row.reasons:
        summary.rejected += 1
        summary.add_reasons(record.number, row.reasons)
    else:
        summary.accepted += 1
    for code in dict.fromkeys(flag.code for flag in row.flags):
        summary.flags[code] += 1
    summary.changed += row.values is not record.values
    for name, score in row.scores.items():
        summary.scores.setdefault(name, ScoreSummary()).add(score)


class _Duplicates:
    def __init__(self, wanted: Duplicates) -> None:
        self._columns = wanted.columns
        self._index = NearDuplicates(threshold=wanted.threshold)
        self._kept: list[tuple[int, str, int]] = []

    def reject(self, rows: Sequence[tuple[Record, CheckedRow]]) -> None:
        """Give rows that repeat an earlier one a reason, in their order; rows without a text repeat nothing."""
        texts = [compared_text(row.values, self._columns) for _, row in rows]
        keys = self._index.keys([text or "" for text in texts])
        for (record, row), text, key in zip(rows, texts, keys, strict=True):
            if text is None:
                continue
            twin = self._index.find_key(key)
            if twin is None:
                self._index.add_key(key, len(self._kept))
                self._kept.append((record.number, record.file, record.line))
            else:
                number, file, line = self._kept[twin]
                message = f"It says what row {number} says ({file}, line {line})."
                row.reasons.append(
                    Reason(code=_DUPLICATE, message=message, column=", ".join(self._columns), row=str(number))
                )

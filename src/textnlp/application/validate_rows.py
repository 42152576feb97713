"""Look at every row of a source, and say of each whether it is good, and why not."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.operator import Operator
from textnlp.domain.validation.operators import MakeOutside
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks
from textnlp.domain.validation.summary import ValidationSummary
from textnlp.ports.record_source import RecordSource
from textnlp.ports.row_spool import RowSpool, SpooledBatch
from textnlp.ports.verdict_files import VerdictSink

if TYPE_CHECKING:
    from textnlp.domain.validation.row_duplicates import MakeTextIndex, RowDuplicates

_ROWS_AT_ONCE = 2_000

Looker = Callable[[Iterator[list[Record | BadRecord]]], Iterator[SpooledBatch]]
"""Takes batches of rows and returns each with what checks say of its good ones, in the same order."""


class RowJudge:
    """Says of rows whether they are good: by their checks, and then, among those that pass, by what repeats what.

    `outside` makes the operators of checks that need more than the row, `make_index` the index of what is compared;
    without the latter it is in memory, and meanings are not compared.
    """

    def __init__(
        self,
        checks: ChecksFile,
        *,
        field: str = "",
        outside: MakeOutside | None = None,
        make_index: "MakeTextIndex | None" = None,
    ) -> None:
        self._checks = RowChecks(checks.checks, field=f"{field}checks", outside=outside)
        self.duplicates = None if checks.duplicates is None else _row_duplicates(checks.duplicates, make_index)

    @property
    def operators(self) -> Sequence[Operator]:
        """The operators of the checks, in their order."""
        return self._checks.operators

    @property
    def is_waiting(self) -> bool:
        """Whether looking waits for somebody's answers."""
        return self._checks.is_waiting

    def look(self, records: Sequence[Record]) -> list[CheckedRow]:
        """Return what checks say of rows, without looking for repetitions: any process can do that."""
        return self._checks.look([record.values for record in records])

    def judge(self, records: Sequence[Record]) -> list[CheckedRow]:
        """Return what there is to say of rows that are all there are."""
        checked = self.look(records)
        if self.duplicates is not None:
            self.duplicates.add(records, checked)
            self.duplicates.found().reject(checked)
        return checked


def validate_rows(
    source: RecordSource,
    judge: RowJudge,
    sinks: Sequence[VerdictSink],
    *,
    spool: RowSpool,
    look: Looker | None = None,
    on_progress: Callable[[ValidationSummary], None] | None = None,
) -> ValidationSummary:
    """Look at all rows, hand each to all `sinks`, and return the balance; memory does not grow with the rows.

    Where repetitions are looked for, all rows wait in `spool` until the last was seen, and memory grows by what the
    index keeps. Raises what the source raises.
    """
    looked = (look or _looked(judge))(_batches(source.records()))
    if judge.duplicates is not None:
        looked = _without_duplicates(looked, judge.duplicates, spool, on_progress)
    summary = ValidationSummary()
    for batch, verdicts in looked:
        checked = iter(verdicts)
        for record in batch:
            if isinstance(record, BadRecord):
                summary.add_bad()
                for sink in sinks:
                    sink.add_bad(record)
                continue
            row = next(checked)
            summary.add(record, row)
            for sink in sinks:
                sink.add(record, row)
        if on_progress is not None:
            on_progress(summary)
    return summary


def _without_duplicates(
    looked: Iterator[SpooledBatch],
    duplicates: "RowDuplicates",
    spool: RowSpool,
    on_progress: Callable[[ValidationSummary], None] | None,
) -> Iterator[SpooledBatch]:
    """Yield rows again when all were seen, those that repeat others with the reason."""
    seen = ValidationSummary()
    for batch, checked in looked:
        duplicates.add([record for record in batch if isinstance(record, Record)], checked)
        spool.add(batch, checked)
        if on_progress is not None:
            rejected = sum(bool(row.reasons) for row in checked)
            seen.rows += len(batch)
            seen.failed += len(batch) - len(checked)
            seen.rejected += rejected
            seen.accepted += len(checked) - rejected
            on_progress(seen)
    found = duplicates.found()
    for batch, checked in spool.batches():
        found.reject(checked)
        yield batch, checked


def _looked(judge: RowJudge) -> Looker:
    def look(batches: Iterator[list[Record | BadRecord]]) -> Iterator[SpooledBatch]:
        for batch in batches:
            yield batch, judge.look([record for record in batch if isinstance(record, Record)])

    return look


def _batches(records: Iterator[Record | BadRecord]) -> Iterator[list[Record | BadRecord]]:
    while batch := list(islice(records, _ROWS_AT_ONCE)):
        yield batch


def _row_duplicates(check: Deduplication, make_index: "MakeTextIndex | None") -> "RowDuplicates":
    from textnlp.domain.duplicates.text_index import text_index  # noqa: PLC0415  NumPy and Polars, for this alone
    from textnlp.domain.validation.row_duplicates import RowDuplicates  # noqa: PLC0415  as above

    if make_index is None:
        return RowDuplicates(check, text_index(check.method, threshold=check.threshold))
    return RowDuplicates(check, make_index(check))

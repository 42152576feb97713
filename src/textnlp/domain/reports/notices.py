"""What whoever reads a report should know first."""

from collections.abc import Iterator

import msgspec

from textnlp.domain.diversity.drift import DriftLevel
from textnlp.domain.reports.column_figures import ColumnFigures
from textnlp.domain.reports.model import Notice, QualityReport
from textnlp.domain.reports.verdict_notices import verdict_warnings

_MOST_ALIKE = 0.9
_LEAST_TEXTS = 20
_MOST_COMPRESSION = 6.0
_LOW_PASS_RATE = 0.5
_SECOND_LANGUAGE = 0.02
_UNEVEN = 0.8
_MOST_NOTICES = 20


def with_notices(report: QualityReport) -> QualityReport:
    """Return a report with the notices that follow from what it says; earlier ones are replaced."""
    found = [*_balance(report), *_judges(report), *_overlaps(report), *_personal_data(report)]
    found += [*_checks(report), *_columns(report), *_coverage(report), *_drift(report)]
    found.sort(key=lambda notice: notice.level != "warning")
    return msgspec.structs.replace(report, notices=found[:_MOST_NOTICES])


def _balance(report: QualityReport) -> Iterator[Notice]:
    balance = report.balance
    if balance.stopped_by:
        yield _warning(f"The run ended before its target: {balance.stopped_by}")
    if balance.rows and not balance.accepted:
        yield _warning("No row was accepted.")
    if balance.failed:
        yield _note(f"{_rows(balance.failed)} could not be made or read; the reasons say why.")


def _judges(report: QualityReport) -> Iterator[Notice]:
    for judge in report.judges:
        yield from map(_warning, judge.notes)
    yield from map(_warning, verdict_warnings(report))


def _overlaps(report: QualityReport) -> Iterator[Notice]:
    for overlap in report.overlaps:
        if overlap.rows:
            told = "repeat a benchmark" if overlap.kind == "contamination" else "repeat what they were made from"
            yield _warning(f"{_rows(overlap.rows)} {told}, up to {overlap.longest_words:,} words in a row.")


def _personal_data(report: QualityReport) -> Iterator[Notice]:
    if report.personal_data:
        types = ", ".join(figure.type for figure in report.personal_data[:5])
        yield _note(f"Personal data or secrets were found: {types}. Values are not shown in this report.")


def _checks(report: QualityReport) -> Iterator[Notice]:
    for check in report.checks:
        if check.looked_at >= _LEAST_TEXTS and check.pass_rate < _LOW_PASS_RATE:
            yield _warning(f"Fewer than half of the rows pass {check.code} ({check.pass_rate:.0%}).")


def _columns(report: QualityReport) -> Iterator[Notice]:
    for column in report.columns:
        if column.rows >= _LEAST_TEXTS:
            yield from _column(column)


def _column(column: ColumnFigures) -> Iterator[Notice]:
    known = column.rows - column.nulls
    if not known:
        yield _note(f"{column.name} has no value in any row.")
    elif column.distinct == 1 and not column.nulls:
        yield _note(f"{column.name} has the same value in every row.")
    diversity = column.diversity
    if diversity is None or diversity.texts < _LEAST_TEXTS:
        return
    alike = diversity.self_bleu or 0
    if alike >= _MOST_ALIKE:
        yield _warning(f"Texts of {column.name} are much alike: self-BLEU is {alike:.2f}.")
    elif (diversity.compression or 0) >= _MOST_COMPRESSION:
        yield _warning(f"Texts of {column.name} repeat one another: they compress {diversity.compression:.1f} times.")
    languages = [language for language in diversity.languages if language.rows >= _SECOND_LANGUAGE * diversity.sampled]
    if len(languages) > 1:
        told = ", ".join(f"{language.value} {language.rows / diversity.sampled:.0%}" for language in languages[:4])
        yield _note(f"{column.name} is in several languages: {told}.")


def _coverage(report: QualityReport) -> Iterator[Notice]:
    for coverage in report.coverage:
        bare = coverage.cells - coverage.covered
        if bare and coverage.rows >= coverage.cells:
            yield _note(f"{bare:,} of {coverage.cells:,} cells of {coverage.name} have no row.")
        elif coverage.evenness < _UNEVEN and coverage.rows >= coverage.cells > 1:
            yield _note(f"Rows are spread unevenly over {coverage.name}: evenness is {coverage.evenness:.2f}.")


def _drift(report: QualityReport) -> Iterator[Notice]:
    for drift in report.drift:
        if drift.level in {DriftLevel.MODERATE, DriftLevel.LARGE}:
            make = _warning if drift.level == DriftLevel.LARGE else _note
            yield make(f"The {drift.of} of {drift.column} differ from the reference: {drift.level} drift.")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _warning(message: str) -> Notice:
    return Notice(level="warning", message=message)


def _note(message: str) -> Notice:
    return Notice(level="note", message=message)

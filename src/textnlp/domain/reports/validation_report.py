"""The report of rows that were looked at, whatever they are from."""

from textnlp.domain.datasets.model import RowFate
from textnlp.domain.reports.builder import ReportBuilder, ReportOptions, declared
from textnlp.domain.reports.check_tally import check_subject
from textnlp.domain.reports.judged_row import JudgedRow
from textnlp.domain.reports.model import QualityReport, Subject
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow

_UNREADABLE = "unreadable"
_OVERLAPS = {"decontamination": "contamination", "leakage": "leakage"}


class ValidationReport:
    """Builds the report while rows are handed on; takes them as `VerdictFiles` does."""

    def __init__(self, checks: ChecksFile, *, seed: int = 0) -> None:
        documents = [check.model_dump(mode="json", by_alias=True, exclude_unset=True) for check in checks.checks]
        kinds = {check.kind for check in checks.checks}
        compared = [name for kind, name in _OVERLAPS.items() if kind in kinds]
        subjects = declared(map(check_subject, documents))
        self._builder = ReportBuilder(ReportOptions(checks=subjects, has_overlaps=compared, seed=seed))

    def add(self, record: Record, checked: CheckedRow) -> None:
        """Count a row: accepted where it has no reasons, as checks left it."""
        row = JudgedRow(
            id=str(record.number),
            values=checked.values,
            fate=RowFate.REJECTED if checked.reasons else RowFate.ACCEPTED,
            reasons=checked.reasons,
            flags=checked.flags,
            scores=checked.scores,
        )
        self._builder.add([row])

    def add_bad(self, record: BadRecord) -> None:
        """Count a row that could not be read."""
        example = f"{record.file}, line {record.line}: {record.message}"
        self._builder.add_failed(1, code=_UNREADABLE, example=example)

    def report(self, name: str, *, created: str = "", generator: str = "") -> QualityReport:
        """Return the report of the rows so far; `name` is the input's, `created` in ISO 8601."""
        return self._builder.report(Subject(kind="validation", name=name, created=created, generator=generator))

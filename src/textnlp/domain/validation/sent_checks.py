"""Checks that are sent to other processes and machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.operator import Operator
from textnlp.domain.validation.operators import is_asking
from textnlp.domain.validation.outside_checks import DecontaminationCheck
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks


@dataclass(frozen=True, slots=True)
class SentChecks:
    """A file of checks as JSON, and by place those operators that cannot be made from it."""

    document: str
    operators: Mapping[str, Operator]

    def made(self) -> RowChecks:
        """Make the checks, where they have arrived."""
        return RowChecks(
            ChecksFile.model_validate_json(self.document).checks, outside=lambda _, field: self.operators[field]
        )


def sent_back(checked: list[CheckedRow]) -> list[CheckedRow]:
    """Leave out the rows that nothing has changed, which whoever sent them has."""
    for row in checked:
        if not row.is_changed:
            row.values = {}
    return checked


def put_back(checked: list[CheckedRow], records: Sequence[Record]) -> list[CheckedRow]:
    """Put rows in again that were left out on the way."""
    for row, record in zip(checked, records, strict=True):
        if not row.is_changed:
            row.values = record.values
    return checked


def sent_checks(checks: ChecksFile, operators: Sequence[Operator]) -> SentChecks | None:
    """Return checks to be sent, of which these are the operators; None where one of them asks somebody from here."""
    sent: dict[str, Operator] = {}
    for place, (check, operator) in enumerate(zip(checks.checks, operators, strict=True)):
        if isinstance(check, DecontaminationCheck):
            sent[f"checks[{place}]"] = operator
        elif is_asking(check):
            return None
    return SentChecks(checks.model_dump_json(by_alias=True, exclude_unset=True), sent)

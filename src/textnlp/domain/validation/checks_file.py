"""What rows are looked at for, as a file says it."""

from textnlp.domain.part import Part
from textnlp.domain.validation.checks import Check, RangeCheck
from textnlp.domain.validation.duplicate_checks import Deduplication


class ChecksFile(Part):
    """The checks of `textnlp validate`; a recipe has the same under `checks`."""

    checks: list[Check] = []
    """What a row must be like; all are looked at, in this order."""
    duplicates: Deduplication | None = None
    """What makes a row a repetition of one that passes; nothing where left out."""

    def number_columns(self) -> frozenset[str]:
        """Return the columns that hold numbers, in files that have only texts."""
        return frozenset(check.column for check in self.checks if isinstance(check, RangeCheck))


def usual_checks(columns: list[str]) -> ChecksFile:
    """Return what texts are looked at for where nobody says: signs that they are broken, cut off, refused or copied."""
    kinds = ("encoding", "repetition", "refusal", "markup")
    checks = [{"kind": kind, "column": column} for column in columns for kind in kinds]
    document = {"checks": checks, "duplicates": {"columns": columns} if columns else None}
    return ChecksFile.model_validate(document)

"""What rows are looked at for, as a file says it."""

from typing import Annotated

from pydantic import Field

from textnlp.domain.part import Name, Part
from textnlp.domain.validation.checks import Check, RangeCheck


class Deduplication(Part):
    """Rows that say what an earlier row says are rejected, and point at it."""

    columns: Annotated[list[Name], Field(min_length=1)]
    """The columns whose texts are compared, joined."""
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.9
    """Similarity (Jaccard, of three-word shingles, verified) from which on; 1 looks for equal texts, case and spaces
    aside."""


class ChecksFile(Part):
    """The checks of `textnlp validate`; a recipe has the same under `checks`."""

    checks: list[Check] = []
    """What a row must be like; all are looked at, in this order."""
    duplicates: Deduplication | None = None
    """What makes a row a repetition of one that passed; nothing where left out."""

    def number_columns(self) -> frozenset[str]:
        """Return the columns that hold numbers, in files that have only texts."""
        return frozenset(check.column for check in self.checks if isinstance(check, RangeCheck))


def usual_checks(columns: list[str]) -> ChecksFile:
    """Return what texts are looked at for where nobody says: signs that they are broken, cut off, refused or copied."""
    kinds = ("encoding", "repetition", "refusal", "markup")
    checks = [{"kind": kind, "column": column} for column in columns for kind in kinds]
    document = {"checks": checks, "duplicates": {"columns": columns} if columns else None}
    return ChecksFile.model_validate(document)

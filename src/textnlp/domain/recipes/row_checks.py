"""Whether a row is what its recipe's checks ask for."""

from collections.abc import Mapping, Sequence
from typing import Any

from textnlp.domain.recipes.checks import Check
from textnlp.domain.recipes.reason import Reason


class RowChecks:
    """Checks that were read; any number of rows can be looked at."""

    def __init__(self, checks: Sequence[Check], *, field: str = "checks") -> None:
        raise NotImplementedError

    def reasons(self, row: Mapping[str, Any]) -> list[Reason]:
        """Return a reason for every check that a row fails, in their order; empty where it passes."""
        raise NotImplementedError


def findings(reasons: Sequence[Reason]) -> dict[str, Any]:
    """Return what a column of findings holds: `{passed, reasons}`, each reason as `{code, message, column}`."""
    told = [{"code": reason.code, "message": reason.message, "column": reason.column} for reason in reasons]
    return {"passed": not told, "reasons": told}

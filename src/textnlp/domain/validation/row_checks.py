"""Whether rows are what checks ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textnlp.domain.validation.checks import Check
from textnlp.domain.validation.operators import MakeOutside, is_asking, operator_of
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts


@dataclass(slots=True)
class CheckedRow:
    """What checks say of a row.

    Attributes:
        values: the row, with what checks have redacted or replaced.
        is_changed: whether a check has redacted or replaced something.
        reasons: why it fails, a reason for every check that it fails, in their order; empty where it passes.
        flags: what was found that is no reason to fail.
        scores: by the names of the checks that give one.
    """

    values: Mapping[str, Any]
    is_changed: bool = False
    reasons: list[Reason] = field(default_factory=list[Reason])
    flags: list[Reason] = field(default_factory=list[Reason])
    scores: dict[str, float] = field(default_factory=dict[str, float])


class RowChecks:
    """Checks that were made ready; any number of rows can be looked at.

    A column that is not in a row counts as null, and null passes all checks of a column but `required`. A condition
    that cannot be worked out for a row does not hold. Checks see what those before them have redacted.

    Raises `INVALID_INPUT` for a check that is none, with its place as field, such as `checks[3].pattern`; the argument
    `field` is where the checks stand. Those that ask somebody are made by `outside`, and refused without it.

    Attributes:
        operators: of the checks, in their order.
        is_waiting: whether some of them ask somebody, so that looking waits for answers: event loops do it in a thread.
    """

    def __init__(self, checks: Sequence[Check], *, field: str = "checks", outside: MakeOutside | None = None) -> None:
        self.operators = [
            operator_of(check, field=f"{field}[{index}]", outside=outside) for index, check in enumerate(checks)
        ]
        self.is_waiting = any(is_asking(check) for check in checks)

    def look(self, rows: Sequence[Mapping[str, Any]]) -> list[CheckedRow]:
        """Return what the checks say of each row."""
        checked = [CheckedRow(values=row) for row in rows]
        batch = RowBatch(rows)
        for operator in self.operators:
            verdicts = operator.look(batch)
            add_verdicts(checked, operator.name, operator.column, verdicts)
            if verdicts.changes:
                batch = RowBatch([row.values for row in checked])
        return checked

    def reasons(self, row: Mapping[str, Any]) -> list[Reason]:
        """Return why a row fails; empty where it passes."""
        return self.look([row])[0].reasons


def add_verdicts(checked: Sequence[CheckedRow], name: str, column: str | None, verdicts: Verdicts) -> None:
    """Note what a check says on the rows that it looked at."""
    for place, reason in verdicts.reasons.items():
        checked[place].reasons.append(reason)
    for place, flag in verdicts.flags.items():
        checked[place].flags.append(flag)
    if column is not None:
        for place, value in verdicts.changes.items():
            checked[place].values = {**checked[place].values, column: value}
            checked[place].is_changed = True
    if verdicts.scores is not None:
        for row, score in zip(checked, verdicts.scores.tolist(), strict=True):
            if score == score:  # noqa: PLR0124  nan alone differs from itself
                row.scores[name] = score


def findings(reasons: Sequence[Reason]) -> dict[str, Any]:
    """Return what a column of findings holds: `{passed, reasons}`, each reason as `{code, message, column}`."""
    told = [{"code": reason.code, "message": reason.message, "column": reason.column} for reason in reasons]
    return {"passed": not told, "reasons": told}

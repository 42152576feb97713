"""Whether a row is what its recipe's checks ask for."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textnlp.domain.errors import TextNLPError
from textnlp.domain.templates.condition import Condition
from textnlp.domain.validation.checks import Check, ColumnCheck, ConditionCheck, RequiredCheck
from textnlp.domain.validation.column_rules import rule_of
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.shown_value import shown

_SHOWN_NAMES = 5

_Look = Callable[[Mapping[str, Any]], Reason | None]


class RowChecks:
    """Checks that were made ready; any number of rows can be looked at.

    Raises `INVALID_INPUT` for a check that is none, with its place as field, such as `checks[3].pattern`; `field` is
    where the checks stand.
    """

    def __init__(self, checks: Sequence[Check], *, field: str = "checks") -> None:
        self._looks = [_look_of(check, field=f"{field}[{index}]") for index, check in enumerate(checks)]

    def reasons(self, row: Mapping[str, Any]) -> list[Reason]:
        """Return a reason for every check that a row fails, in their order; empty where it passes.

        A column that is not in the row counts as null, and null passes all checks of a column but `required`. A
        condition that cannot be worked out for the row does not hold.
        """
        return [reason for look in self._looks if (reason := look(row)) is not None]


def findings(reasons: Sequence[Reason]) -> dict[str, Any]:
    """Return what a column of findings holds: `{passed, reasons}`, each reason as `{code, message, column}`."""
    told = [{"code": reason.code, "message": reason.message, "column": reason.column} for reason in reasons]
    return {"passed": not told, "reasons": told}


def _look_of(check: Check, *, field: str) -> _Look:
    return (
        _condition_look(check, field=field) if isinstance(check, ConditionCheck) else _column_look(check, field=field)
    )


def _column_look(check: ColumnCheck, *, field: str) -> _Look:
    rule = rule_of(check, field=field)
    column = check.column
    code = check.name or f"{_kind_of(check)}:{column}"
    is_required = isinstance(check, RequiredCheck)

    def look(row: Mapping[str, Any]) -> Reason | None:
        value = row.get(column)
        if value is None:
            return Reason(code=code, message=f"{column} has no value.", column=column) if is_required else None
        fault = rule(value)
        return None if fault is None else Reason(code=code, message=f"{column} {fault.rstrip('.')}.", column=column)

    return look


def _kind_of(check: ColumnCheck) -> str:
    kind: str = check.model_dump(include={"kind"})["kind"]
    return kind


def _condition_look(check: ConditionCheck, *, field: str) -> _Look:
    try:
        condition = Condition(check.where)
    except TextNLPError as error:
        facts = dataclasses.replace(error.facts, field=f"{field}.where")
        raise TextNLPError(error.message, kind=error.kind, facts=facts) from error
    code = check.name or check.where
    names = sorted(condition.names)[:_SHOWN_NAMES]

    def look(row: Mapping[str, Any]) -> Reason | None:
        try:
            if condition.holds(row):
                return None
        except TextNLPError as error:
            return Reason(code=code, message=f"`{check.where}` cannot be worked out. {error.message}")
        values = ", ".join(f"{name} is {shown(row.get(name))}" for name in names)
        return Reason(code=code, message=f"`{check.where}` does not hold{': ' + values if values else ''}.")

    return look

"""Checks that look at one row at a time."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from textnlp.domain.errors import TextNLPError
from textnlp.domain.templates.condition import Condition
from textnlp.domain.validation.checks import ConditionCheck, RequiredCheck, RuledCheck
from textnlp.domain.validation.column_check import ColumnCheck
from textnlp.domain.validation.column_rules import rule_of
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.shown_value import shown

_SHOWN_NAMES = 5


@dataclass(frozen=True, slots=True)
class RowRule:
    """What a check asks of a row.

    Attributes:
        code: what its failures are counted under.
        find: returns why a row breaks it, None where it keeps it.
    """

    code: str
    find: Callable[[Mapping[str, Any]], Reason | None]


def row_rule(check: RuledCheck, *, field: str) -> RowRule:
    """Return the rule of a check; raises `INVALID_INPUT`, `field` and its part, for one that is none."""
    return _condition_rule(check, field=field) if isinstance(check, ConditionCheck) else _column_rule(check, field)


def _column_rule(check: ColumnCheck, field: str) -> RowRule:
    rule = rule_of(check, field=field)
    column = check.column
    code = check.code
    is_required = isinstance(check, RequiredCheck)

    def find(row: Mapping[str, Any]) -> Reason | None:
        value = row.get(column)
        if value is None:
            return Reason(code=code, message=f"{column} has no value.", column=column) if is_required else None
        fault = rule(value)
        return None if fault is None else Reason(code=code, message=f"{column} {fault.rstrip('.')}.", column=column)

    return RowRule(code, find)


def _condition_rule(check: ConditionCheck, *, field: str) -> RowRule:
    try:
        condition = Condition(check.where)
    except TextNLPError as error:
        facts = dataclasses.replace(error.facts, field=f"{field}.where")
        raise TextNLPError(error.message, kind=error.kind, facts=facts) from error
    code = check.name or check.where
    names = sorted(condition.names)[:_SHOWN_NAMES]

    def find(row: Mapping[str, Any]) -> Reason | None:
        try:
            if condition.holds(row):
                return None
        except TextNLPError as error:
            return Reason(code=code, message=f"`{check.where}` cannot be worked out. {error.message}")
        values = ", ".join(f"{name} is {shown(row.get(name))}" for name in names)
        return Reason(code=code, message=f"`{check.where}` does not hold{': ' + values if values else ''}.")

    return RowRule(code, find)

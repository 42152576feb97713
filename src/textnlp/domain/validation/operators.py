"""The operator that a check's document stands for."""

from collections.abc import Callable
from typing import Any

from textnlp.domain.errors import invalid_input
from textnlp.domain.validation.checks import Check, LengthCheck, RuledCheck
from textnlp.domain.validation.leakage_check import LeakageCheck
from textnlp.domain.validation.operator import Operator
from textnlp.domain.validation.outside_checks import OutsideCheck
from textnlp.domain.validation.pii_checks import PiiCheck
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.row_rules import row_rule
from textnlp.domain.validation.text_checks import TextCheck, ToxicityCheck
from textnlp.domain.validation.verdicts import Verdicts

AskingCheck = OutsideCheck | LengthCheck
"""A check that asks somebody; a length does where it counts tokens."""

MakeOutside = Callable[[AskingCheck, str], Operator]
"""Makes the operator of a check that asks somebody; the text is the check's place, for errors."""


def is_asking(check: Check) -> bool:
    """Whether a check waits for somebody's answer."""
    return isinstance(check, OutsideCheck) or (isinstance(check, LengthCheck) and check.counts_tokens)


def operator_of(check: Check, *, field: str, outside: MakeOutside | None = None) -> Operator:
    """Return the operator of a check; raises `INVALID_INPUT`, `field` and its part, for one that makes no sense.

    Checks that ask somebody need `outside`, and are refused without it.
    """
    if isinstance(check, OutsideCheck) or (isinstance(check, LengthCheck) and check.counts_tokens):
        if outside is None:
            raise invalid_input(f"{field}: a check of kind {check.kind} cannot be asked from here.", field=field)
        return outside(check, field)
    if isinstance(check, ToxicityCheck):
        from textnlp.domain.validation.toxicity_operator import ToxicityOperator  # noqa: PLC0415  Polars, for it alone

        return ToxicityOperator(check)
    if isinstance(check, TextCheck):
        from textnlp.domain.validation.text_operators import (  # noqa: PLC0415  Polars, for these checks alone
            text_operator,
        )

        return text_operator(check, field=field)
    if isinstance(check, PiiCheck):
        from textnlp.domain.validation.pii_operator import PiiOperator  # noqa: PLC0415  as above

        return PiiOperator(check, field=field)
    if isinstance(check, LeakageCheck):
        from textnlp.domain.validation.leakage_operator import LeakageOperator  # noqa: PLC0415  as above

        return LeakageOperator(check, field=field)
    return RuleOperator(check, field=field)


class RuleOperator:
    """Satisfies `Operator` for checks that look at one value or one row at a time, and cost microseconds each."""

    version = "1"

    def __init__(self, check: RuledCheck, *, field: str) -> None:
        self._rule = row_rule(check, field=field)
        self.name = self._rule.code
        self.column = getattr(check, "column", None)
        self.parameters: dict[str, Any] = check.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows that break the rule."""
        find = self._rule.find
        return Verdicts(
            reasons={place: reason for place, row in enumerate(batch.rows) if (reason := find(row)) is not None}
        )

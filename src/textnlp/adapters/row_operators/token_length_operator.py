"""Lengths in tokens, which a model's vocabulary decides."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from textnlp.domain.validation.checks import LengthCheck
from textnlp.domain.validation.operators import RuleOperator
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.text_rules import bounds_of, count_fault
from textnlp.domain.validation.verdicts import Verdicts
from textnlp.ports.token_counter import TokenCounts

CountTokens = Callable[[Sequence[str]], TokenCounts]
"""Returns how many tokens texts are; blocks, and raises."""


class TokenLengthOperator:
    """Satisfies `Operator` for a length with bounds on tokens; the score is the number of tokens.

    What breaks another bound of the check is told of that one, and its tokens are counted all the same.
    """

    version = "1"

    def __init__(self, check: LengthCheck, count: CountTokens, *, field: str) -> None:
        self._rule = RuleOperator(check, field=field)
        (self._bound,) = bounds_of(check, ("tokens",), field=field)
        self.name = self._rule.name
        self.column = check.column
        self.parameters: dict[str, Any] = self._rule.parameters
        self._count = count

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows whose texts are too short or too long."""
        texts = batch.texts(self.column)
        asked = np.flatnonzero(texts.is_not_null().to_numpy())
        counts = np.full(len(batch), np.nan)
        if len(asked):
            counts[asked] = self._count(texts.gather(asked).to_list())
        reasons = dict(self._rule.look(batch).reasons)
        for place in asked.tolist():
            fault = count_fault(int(counts[place]), self._bound)
            if fault is not None and place not in reasons:
                reasons[place] = Reason(code=self.name, message=f"{self.column} {fault}.", column=self.column)
        return Verdicts(reasons=reasons, scores=counts)

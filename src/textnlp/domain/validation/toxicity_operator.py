"""The operator that looks for toxic texts."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from textnlp.domain.texts.toxicity.model import Category, Finding
from textnlp.domain.texts.toxicity.scanner import scores_of, toxicity_scanner
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.text_checks import ToxicityCheck
from textnlp.domain.validation.verdicts import Verdicts

_TOLD = {Category.HATE: "hate against a group", Category.SELF_HARM: "self-harm"}


class ToxicityOperator:
    """Satisfies `Operator` for one column of texts; reasons show of what was found the first letters only."""

    version = "1"

    def __init__(self, check: ToxicityCheck) -> None:
        self.name = check.code
        self.column = check.column
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True)
        self._max_score = check.max_score
        self._scanner = toxicity_scanner(frozenset(map(Category, check.categories)), tuple(check.languages))

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows whose texts are more toxic than may be."""
        texts = batch.texts(self.column)
        scores = np.where(texts.is_null().to_numpy(), np.nan, 0.0)
        reasons: dict[int, Reason] = {}
        for place, found in self._scanner.scan(texts).items():
            by_category = scores_of(found)
            worst = max(by_category, key=by_category.__getitem__)
            scores[place] = by_category[worst]
            if scores[place] > self._max_score:
                message = self._sentence(worst, found, by_category[worst])
                reasons[place] = Reason(code=self.name, message=message, column=self.column)
        return Verdicts(reasons=reasons, scores=scores)

    def _sentence(self, worst: Category, found: Sequence[Finding], score: float) -> str:
        surest = max((each for each in found if each.category is worst), key=lambda each: each.score)
        return f"{self.column} is toxic: {_TOLD.get(worst, worst.value)} ({surest.shown}; score {score:.2f})."

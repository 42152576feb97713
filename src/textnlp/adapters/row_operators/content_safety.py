"""Checks by Azure AI Content Safety."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from textnlp.adapters.row_operators.content_safety_service import Found
from textnlp.domain.validation.outside_checks import ContentSafetyCheck
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts

AskSafety = Callable[[Sequence[str]], list[Found]]
"""Returns what is found in texts of any length; blocks, and raises."""

_TOLD = {"Hate": "hate", "SelfHarm": "self-harm", "Sexual": "sexual content", "Violence": "violence"}


class ContentSafetyOperator:
    """Satisfies `Operator` by the service; a text without anything but white space passes unasked, with score 0."""

    version = "1"

    def __init__(self, check: ContentSafetyCheck, ask: AskSafety) -> None:
        self.name = check.code
        self.column = check.column
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True)
        self._check = check
        self._ask = ask

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows in which something grave is found; equal texts are asked about once."""
        texts = batch.texts(self.column)
        scores = np.where(texts.is_null().to_numpy(), np.nan, 0.0)
        asked = texts.filter(texts.str.contains(r"\S").fill_null(value=False)).unique(maintain_order=True).to_list()
        if not asked:
            return Verdicts(scores=scores)
        found = dict(zip(asked, self._ask(asked), strict=True))
        reasons: dict[int, Reason] = {}
        for place, text in enumerate(texts):
            answer = found.get(text)
            if answer is None:
                continue
            scores[place] = max(answer.severities.values(), default=0)
            told = self._fault(answer)
            if told is not None:
                reasons[place] = Reason(code=self.name, message=f"{self.column} {told}.", column=self.column)
        return Verdicts(reasons=reasons, scores=scores)

    def _fault(self, answer: Found) -> str | None:
        if answer.blocklists:
            return f"has a term of the blocklist {answer.blocklists[0]}"
        most = self._check.max_severity
        grave = {name: severity for name, severity in answer.severities.items() if severity > most}
        if not grave:
            return None
        told = ", ".join(f"{_TOLD.get(name, name)} of severity {severity}" for name, severity in grave.items())
        return f"has {told}, above {most}"

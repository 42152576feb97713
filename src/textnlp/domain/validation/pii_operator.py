"""The operator that looks for personal data and secrets."""

from collections import Counter
from typing import Any

import numpy as np

from textnlp.domain.errors import invalid_input
from textnlp.domain.people.table import LOCALES
from textnlp.domain.pii.model import Finding, PiiType
from textnlp.domain.pii.replacement import Replacer, masked, redacted
from textnlp.domain.pii.scanner import PiiScanner
from textnlp.domain.validation.pii_checks import PiiCheck
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts

_CHINA = "zh_CN"


class PiiOperator:
    """Satisfies `Operator` for one column of texts; reasons tell a value by its first letters and its length only."""

    version = "1"

    def __init__(self, check: PiiCheck, *, field: str) -> None:
        unknown = sorted(set(check.locales) - {*LOCALES, _CHINA})
        if unknown:
            told = f"{field}.locales"
            known = ", ".join((*LOCALES, _CHINA))
            raise invalid_input(f"{told}: {unknown[0]!r} is not known here; there are {known}.", field=told)
        self.name = check.code
        self.column = check.column
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True, exclude={"key"})
        self._action = check.action
        locales = frozenset(check.locales) or None
        self._scanner = PiiScanner((PiiType(type_) for type_ in check.types), locales=locales)
        self._replacer = Replacer(key=check.key.encode()) if check.action == "replace" else None

    def look(self, batch: RowBatch) -> Verdicts:
        """Return what was found: as reasons or flags, and the texts without it where that is asked for."""
        texts = batch.texts(self.column)
        found = self._scanner.scan(texts)
        scores = np.where(texts.is_null().to_numpy(), np.nan, 0.0)
        told: dict[int, Reason] = {}
        changes: dict[int, str] = {}
        for place, findings in found.items():
            text = texts[place]
            scores[place] = len(findings)
            counts = Counter(finding.type.value for finding in findings)
            message = self._sentence(text, findings, counts)
            told[place] = Reason(code=self.name, message=message, column=self.column, counts=dict(counts))
            if self._replacer is not None:
                changes[place] = self._replacer.replaced(text, findings)
            elif self._action == "redact":
                changes[place] = redacted(text, findings)
        is_rejected = self._action == "reject"
        return Verdicts(
            reasons=told if is_rejected else {}, flags={} if is_rejected else told, scores=scores, changes=changes
        )

    def _sentence(self, text: str, findings: list[Finding], counts: Counter[str]) -> str:
        what = ", ".join(f"{count} {type_.replace('_', ' ')}" for type_, count in counts.items())
        return f"{self.column} has personal data ({what}), the first {masked(text, findings[0])}."

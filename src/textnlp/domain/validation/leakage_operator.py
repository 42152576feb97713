"""The operator that looks for what rows copy from their seeds."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from textnlp.domain.duplicates.copied_spans import copied_spans, find_canaries, source_similarities, span_words
from textnlp.domain.errors import invalid_input
from textnlp.domain.validation.leakage_check import LeakageCheck
from textnlp.domain.validation.reason import Overlap, Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.shown_value import shown
from textnlp.domain.validation.verdicts import Verdicts

_Fault = tuple[str, Overlap | None]
"""The rest of a sentence whose subject is the column, and what was copied."""


class LeakageOperator:
    """Satisfies `Operator` for columns of texts; scores are the words of the longest copied span.

    Raises `INVALID_INPUT` for a check that looks for nothing.
    """

    version = "1"
    column = None

    def __init__(self, check: LeakageCheck, *, field: str) -> None:
        if not check.sources and not check.canaries:
            raise invalid_input("Either sources or canaries say what must not leak.", field=field)
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True, exclude={"canaries"})
        self.name = check.name
        self._check = check

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows that hold a canary, are copies of a source, or take too long a span from one."""
        reasons: dict[int, Reason] = {}
        scores = np.zeros(len(batch))
        for column in self._check.columns:
            texts = batch.texts(column)
            found: dict[int, _Fault] = {}
            for source in self._check.sources:
                found = {**self._copied(texts, batch.texts(source), source, scores), **found}
            found |= dict.fromkeys(find_canaries(texts, self._check.canaries), ("has a canary", None))
            for place, (fault, overlap) in found.items():
                told = Reason(code=self.name, message=f"{column} {fault}.", column=column, overlap=overlap)
                reasons.setdefault(place, told)
        return Verdicts(reasons=reasons, scores=scores)

    def _copied(self, texts: pl.Series, sources: pl.Series, source: str, scores: Any) -> Mapping[int, _Fault]:
        spans = copied_spans(texts, sources)
        np.maximum(scores, spans.words, out=scores)
        similarities = source_similarities(texts, sources)
        found: dict[int, _Fault] = {}
        for place in np.flatnonzero(spans.words > self._check.max_copied_words).tolist():
            words = int(spans.words[place])
            span = span_words(texts[place], begin=int(spans.begins[place]), words=words)
            told = f"copies {words} words ({int(spans.characters[place])} characters) of {source}: {shown(span)}"
            found[place] = (told, Overlap(kind="leakage", source=source, words=words, text=span))
        for place in np.flatnonzero(similarities >= self._check.max_similarity).tolist():
            told = f"is a copy of {source} (similarity {similarities[place]:.2f})"
            span = span_words(texts[place], begin=int(spans.begins[place]), words=int(spans.words[place]))
            found[place] = (told, Overlap(kind="leakage", source=source, words=int(spans.words[place]), text=span))
        return found

"""Checks by how much a text surprises a language model."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from textnlp.domain.errors import invalid_input
from textnlp.domain.validation.outside_checks import PerplexityCheck
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts
from textnlp.ports.text_scorer import Perplexities

Score = Callable[[Sequence[str]], Perplexities]
"""Returns the perplexities of texts; blocks, and raises."""


class PerplexityOperator:
    """Satisfies `Operator` by a language model; texts that are too short have no score and pass.

    Raises `INVALID_INPUT` with `low` as field for bounds that no text keeps to.
    """

    version = "1"

    def __init__(self, check: PerplexityCheck, score: Score) -> None:
        if check.low is not None and check.high is not None and check.low > check.high:
            raise invalid_input(f"No perplexity lies between {check.low:g} and {check.high:g}.", field="low")
        self.name = check.code
        self.column = check.column
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True)
        self._check = check
        self._score = score

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows whose texts surprise too much or too little."""
        check = self._check
        texts = batch.texts(check.column)
        words = texts.fill_null("").str.count_matches(r"\S+").to_numpy()
        asked = np.flatnonzero(words >= max(check.min_words, 1))
        scores = np.full(len(batch), np.nan)
        if len(asked):
            scores[asked] = self._score(texts.gather(asked).to_list())
        reasons: dict[int, Reason] = {}
        if check.low is not None:
            reasons |= {place: self._reason(scores[place], "below", check.low) for place in _places(scores < check.low)}
        if check.high is not None:
            reasons |= {
                place: self._reason(scores[place], "above", check.high) for place in _places(scores > check.high)
            }
        return Verdicts(reasons=reasons, scores=scores)

    def _reason(self, score: float, side: str, bound: float) -> Reason:
        message = f"{self.column} has perplexity {score:.1f}, {side} {bound:g}."
        return Reason(code=self.name, message=message, column=self.column)


def _places(broken: Any) -> list[int]:
    return np.flatnonzero(broken).tolist()

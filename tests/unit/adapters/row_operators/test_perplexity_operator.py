from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from textnlp.adapters.row_operators.perplexity_operator import PerplexityOperator
from textnlp.domain.errors import TextNLPError
from textnlp.domain.validation.outside_checks import PerplexityCheck
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.ports.text_scorer import Perplexities

asked: list[str] = []


def score(texts: Sequence[str]) -> Perplexities:
    """A text's perplexity is its number of words; one of four words has none."""
    asked.extend(texts)
    return np.array([np.nan if len(text.split()) == 4 else len(text.split()) for text in texts], dtype=np.float64)


def operator(**given: Any) -> PerplexityOperator:
    document: dict[str, Any] = {"kind": "perplexity", "column": "a", "min_words": 2, **given}
    return PerplexityOperator(PerplexityCheck(**document), score)


def test_texts_beyond_the_bounds_fail_and_short_ones_are_not_asked_about() -> None:
    asked.clear()
    rows = [{"a": text} for text in ("one", "one two", "one two three", "1 2 3 4", "1 2 3 4 5", None, 7)]
    found = operator(low=3, high=4).look(RowBatch(rows))
    assert asked == ["one two", "one two three", "1 2 3 4", "1 2 3 4 5"]
    messages = {place: reason.message for place, reason in found.reasons.items()}
    assert messages == {1: "a has perplexity 2.0, below 3.", 4: "a has perplexity 5.0, above 4."}
    assert {reason.code for reason in found.reasons.values()} == {"perplexity:a"}
    nan = float("nan")
    assert found.scores is not None
    assert found.scores.tolist() == pytest.approx([nan, 2, 3, nan, 5, nan, nan], nan_ok=True)


def test_without_bounds_there_are_scores_alone_and_without_texts_nobody_is_asked() -> None:
    asked.clear()
    assert operator().look(RowBatch([{"a": "one two"}])).reasons == {}
    found = operator(min_words=0).look(RowBatch([{"a": " "}, {}]))
    assert asked == ["one two"]
    assert found.scores is not None
    assert np.isnan(found.scores).all()


def test_bounds_that_no_text_keeps_to_are_refused() -> None:
    with pytest.raises(TextNLPError) as caught:
        operator(low=9, high=3)
    assert caught.value.facts.field == "low"

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from textnlp.adapters.row_operators.token_length_operator import TokenLengthOperator
from textnlp.domain.errors import TextNLPError
from textnlp.domain.validation.checks import LengthCheck
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.ports.token_counter import TokenCounts


def count(texts: Sequence[str]) -> TokenCounts:
    """A token is a letter."""
    return np.array([len(text) for text in texts], dtype=np.int64)


def operator(**given: Any) -> TokenLengthOperator:
    return TokenLengthOperator(LengthCheck(kind="length", column="a", **given), count, field="checks[0]")


def test_texts_have_so_many_tokens_and_keep_to_the_other_bounds() -> None:
    rows = [{"a": value} for value in ("abc", "ab", "abcde", "a b", None, 7)]
    found = operator(min_tokens=3, max_tokens=4, max_words=1).look(RowBatch(rows))
    assert {place: reason.message for place, reason in found.reasons.items()} == {
        1: "a has 2 tokens, fewer than 3.",
        2: "a has 5 tokens, more than 4.",
        3: "a has 2 words, more than 1.",
        5: "a is a number, not a text.",
    }
    assert {reason.code for reason in found.reasons.values()} == {"length:a"}
    nan = float("nan")
    assert found.scores is not None
    assert found.scores.tolist() == pytest.approx([3, 2, 5, 3, nan, nan], nan_ok=True)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"min_tokens": 3, "max_tokens": 2}, "checks[0].min_tokens"), ({"max_tokens": 2, "max_items": 2}, "checks[0]")],
)
def test_bounds_that_make_no_sense_are_refused(given: dict[str, int], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        operator(**given)
    assert caught.value.facts.field == field

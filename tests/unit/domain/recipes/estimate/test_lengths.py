from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of
from textnlp.domain.recipes.estimate.lengths import (
    REPLY_TOKENS,
    TEXT_TOKENS,
    completion_tokens,
    schema_tokens,
    text_tokens,
)
from textnlp.domain.validation.checks import LengthCheck


def check(column: str = "review", **bounds: int | None) -> LengthCheck:
    return LengthCheck.model_validate({"kind": "length", "column": column, **bounds})


def test_without_a_bound_a_text_is_as_usual() -> None:
    assert text_tokens("review", (), max_tokens=None) == TEXT_TOKENS


def test_a_token_limit_bounds_a_text_and_three_fifths_of_it_are_expected() -> None:
    length = text_tokens("review", (), max_tokens=100)
    assert (length.low, length.expected, length.high) == (16, 60, 100)


def test_checked_lengths_decide_what_is_expected() -> None:
    length = text_tokens("review", [check(min_words=100, max_words=200)], max_tokens=None)
    assert (length.low, length.expected, length.high) == (150, 225, 375)


def test_checks_of_other_columns_do_not_count() -> None:
    assert text_tokens("review", [check("title", max_words=3)], max_tokens=None) == TEXT_TOKENS


_bounds = st.none() | st.integers(1, 50_000)


@given(st.builds(check, min_words=_bounds, max_words=_bounds, min_characters=_bounds), _bounds, st.floats(0.5, 10))
def test_no_text_is_expected_beyond_its_limit(made: LengthCheck, max_tokens: int | None, density: float) -> None:
    length = text_tokens("review", [made], max_tokens=max_tokens, characters_a_token=density)
    assert max_tokens is None or length.high <= max_tokens


@given(st.integers(1, 5_000), st.integers(0, 5_000))
def test_a_higher_limit_never_shortens_a_text(max_tokens: int, more: int) -> None:
    low, high = (text_tokens("", (), max_tokens=limit) for limit in (max_tokens, max_tokens + more))
    assert low.expected <= high.expected
    assert low.high <= high.high


def test_an_answer_in_json_is_cut_at_the_limit() -> None:
    schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "maxItems": 100}
    assert schema_tokens(schema, max_tokens=50).high == 50


def test_every_column_that_a_model_writes_has_a_length() -> None:
    columns: dict[str, dict[str, Any]] = {
        **REVIEWS,
        "chat": {"kind": "conversation", "user": {"system": "Ask."}, "assistant": {"system": "Answer."}},
        "vector": {"kind": "embed", "text": "{{ review }}"},
    }
    found = completion_tokens(recipe_of(columns))
    assert found.keys() == {"score", "review", "chat"}
    assert found["chat"] == REPLY_TOKENS
    assert found["score"].expected == pytest.approx(49)

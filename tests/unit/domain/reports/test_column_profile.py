import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.reports.column_profile import ColumnProfile, text_of

_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4), st.lists(st.integers(0, 3), max_size=2)
)


def profile_of(values: list[object], *, size: int = 5, has_diversity: bool = False) -> ColumnProfile:
    profile = ColumnProfile(has_diversity=has_diversity)
    for begin in range(0, len(values), size):
        profile.add(values[begin : begin + size])
    return profile


@given(st.lists(_VALUES, max_size=30), st.integers(1, 10))
def test_every_value_is_counted_once(values: list[object], size: int) -> None:
    figures = profile_of(values, size=size).figures("x")
    assert figures.rows == len(values)
    assert figures.nulls == values.count(None)
    if figures.values:
        assert sum(value.rows for value in figures.values) + figures.other_rows == figures.rows - figures.nulls
    texts = [value for value in values if isinstance(value, str)]
    assert figures.lengths is None or figures.lengths.count == len(texts)


def test_labels_are_told_by_value_and_texts_by_length() -> None:
    labels = profile_of(["good", "bad", "good", None] * 10).figures("label")
    assert [(value.value, value.rows) for value in labels.values] == [("good", 20), ("bad", 10)]
    assert (labels.lengths, labels.distinct, labels.type) == (None, 2, "text")
    texts = profile_of([f"text number {number}" for number in range(50)]).figures("text", type_name="string")
    assert not texts.values
    assert texts.lengths is not None
    assert (texts.lengths.low, texts.lengths.high, texts.distinct, texts.type) == (13, 14, 50, "string")


def test_numbers_that_are_few_are_told_in_their_order() -> None:
    figures = profile_of([3, 1, 2, 3, 3, 10] * 4).figures("stars")
    assert [value.value for value in figures.values] == ["1", "2", "3", "10"]
    assert figures.numbers is not None
    assert figures.numbers.mean == pytest.approx(22 / 6)
    assert figures.numbers.histogram.counts[:3] == [4, 4, 12]


def test_many_or_long_values_are_not_told_one_by_one() -> None:
    assert not profile_of([str(number) for number in range(2_000)] * 2).figures("x").values
    assert not profile_of(["y" * 81] * 50).figures("x").values
    assert profile_of(["y" * 80] * 50).figures("x").values


def test_texts_are_measured_for_diversity_and_labels_are_not() -> None:
    texts = [f"The kettle of number {number} boils water in {number % 7} minutes." for number in range(60)]
    diversity = profile_of([*texts], has_diversity=True).figures("text").diversity
    assert diversity is not None
    assert (diversity.texts, diversity.grams[0].total) == (60, 600)
    assert diversity.languages[0].value == "en"
    assert profile_of(["a", "b"] * 30, has_diversity=True).figures("label").diversity is None
    assert profile_of([1, 2, 3], has_diversity=True).figures("n").diversity is None


def test_numbers_that_json_cannot_say_do_no_harm() -> None:
    figures = profile_of([math.nan, math.inf, 10**400, 1.5]).figures("x")
    assert figures.numbers is not None
    assert math.isfinite(figures.numbers.mean)


def test_a_conversation_has_the_text_of_its_turns() -> None:
    assert text_of([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]) == "Hi\nYes?"
    assert text_of([{"role": "user"}]) is None
    assert text_of([]) is None
    assert text_of(["Hi"]) is None
    assert text_of("Hi") == "Hi"

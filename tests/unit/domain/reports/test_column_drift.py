import random
from typing import Any

from textnlp.domain.reports.column_drift import column_drift
from textnlp.domain.reports.column_profile import ColumnProfile

_ENGLISH = "The kettle of number {} boils the water in {} minutes and then it stops."
_GERMAN = "Der Wasserkocher Nummer {} kocht das Wasser in {} Minuten und schaltet sich dann ab."


def profile_of(values: list[Any]) -> ColumnProfile:
    profile = ColumnProfile(has_diversity=True)
    profile.add(values)
    return profile


def compared(before: list[Any], after: list[Any]) -> dict[str, str]:
    return {each.of: each.level for each in column_drift("x", profile_of(before), profile_of(after))}


def test_labels_are_compared_by_value() -> None:
    assert compared(["a", "b"] * 500, ["a", "b"] * 400) == {"values": "none"}
    assert compared(["a", "b"] * 500, ["a", "c"] * 400) == {"values": "large"}


def test_numbers_are_compared_as_numbers() -> None:
    draw = random.Random(1)
    before, near, far = ([draw.gauss(mean, 1) for _ in range(2_000)] for mean in (0, 0, 2))
    assert compared(before, near) == {"numbers": "none"}
    assert compared(before, far) == {"numbers": "large"}


def test_texts_are_compared_by_length_and_language() -> None:
    english, german = ([text.format(number, number % 9) for number in range(700)] for text in (_ENGLISH, _GERMAN))
    assert compared(english, english) == {"lengths": "none"}
    assert compared(english, german) == {"lengths": "large", "languages": "large"}


def test_columns_of_nothing_have_nothing_to_compare() -> None:
    assert compared([None], ["a"] * 10) == {}
    assert compared([1, 2, 3] * 200, ["a", "b"] * 200) == {"values": "large"}

import itertools
import operator

import pytest

from textnlp.domain.messaging.filter_conditions import (
    Condition,
    all_of,
    any_of,
    compared,
    constant,
    negated,
    property_value,
)

VALUES: tuple[bool | None, ...] = (False, None, True)


def rank(value: bool | None) -> int:  # noqa: FBT001  a logical value
    return VALUES.index(value)


def fixed(value: bool | None) -> Condition:  # noqa: FBT001  a logical value
    return lambda _properties: value


@pytest.mark.parametrize(("first", "second"), list(itertools.product(VALUES, VALUES)))
def test_and_takes_the_falser_and_or_the_truer(*, first: bool | None, second: bool | None) -> None:
    both = [fixed(first), fixed(second)]

    assert all_of(both)({}) is min(first, second, key=rank)
    assert any_of(both)({}) is max(first, second, key=rank)


@pytest.mark.parametrize("value", VALUES)
def test_not_turns_round_all_but_unknown(*, value: bool | None) -> None:
    assert negated(fixed(value))({}) is VALUES[2 - rank(value)]


def test_a_property_written_exactly_beats_one_that_differs_in_case() -> None:
    assert property_value("Name")({"name": 1, "Name": 2}) == 2
    assert property_value("NAME")({"other": 0, "name": 1}) == 1
    assert property_value("missing")({"name": 1}) is None


def test_booleans_are_no_numbers() -> None:
    assert compared(operator.eq, constant(True), constant(1))({}) is None  # noqa: FBT003  the value under test
    assert compared(operator.eq, constant(True), constant(True))({}) is True  # noqa: FBT003  as above

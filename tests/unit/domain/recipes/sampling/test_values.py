import uuid
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest

from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.sampling.seeding import generator_of
from textnlp.domain.recipes.sampling.values import Drawing, draw_values

COUNT = 20_000


def drawn(
    column: dict[str, Any],
    *,
    count: int = COUNT,
    known: dict[str, list[Any]] | None = None,
    lines: tuple[str, ...] = (),
) -> list[Any]:
    drawing = Drawing(generator=generator_of("test"), count=count, known=known or {}, lines=lines)
    return draw_values(recipe_of({"it": column}).columns["it"], drawing)


def shares(values: list[Any]) -> dict[Any, float]:
    return {value: count / len(values) for value, count in Counter(values).items()}


def test_categories_come_as_often_as_their_weights_say() -> None:
    found = shares(drawn({"kind": "category", "values": ["a", "b", "c"], "weights": [3, 1, 0]}))

    assert found["a"] == pytest.approx(0.75, abs=0.02)
    assert "c" not in found


def test_subcategories_follow_their_parent_and_a_parent_without_values_is_named() -> None:
    column = {"kind": "subcategory", "of": "is_new", "values": {"true": ["x"], "false": ["y", "z"]}}

    assert drawn(column, count=2, known={"is_new": [True, True]}) == ["x", "x"]
    assert set(drawn(column, count=99, known={"is_new": [False] * 99})) == {"y", "z"}
    with pytest.raises(TextNLPError, match="no values for is_new = 'null'"):
        drawn(column, count=1, known={"is_new": [None]})


def test_the_frequency_of_zipf_falls_with_the_rank() -> None:
    found = shares(drawn({"kind": "zipf", "size": 1_000}))

    assert found[1] / found[2] == pytest.approx(2, rel=0.1)
    assert found[1] / found[4] == pytest.approx(4, rel=0.2)


def test_whole_numbers_reach_both_bounds_and_fractions_have_their_decimals() -> None:
    whole = drawn({"kind": "uniform", "low": 1, "high": 3, "decimals": 0})
    fractions = drawn({"kind": "uniform", "low": 0, "high": 1, "decimals": 2})

    assert {type(number) for number in whole} == {int}
    assert shares(whole)[3] == pytest.approx(1 / 3, abs=0.02)
    assert all(0 <= number <= 1 and round(number, 2) == number for number in fractions)


def test_a_normal_distribution_keeps_to_its_bounds_and_mean() -> None:
    found = drawn({"kind": "gaussian", "mean": 10, "deviation": 2, "low": 8, "high": 12})

    assert min(found) >= 8
    assert max(found) <= 12
    assert sum(found) / len(found) == pytest.approx(10, abs=0.05)
    with pytest.raises(TextNLPError, match="Hardly any value"):
        drawn({"kind": "gaussian", "mean": 0, "deviation": 0.001, "low": 8})


def test_counts_and_truths_have_their_means() -> None:
    counts = drawn({"kind": "poisson", "mean": 3})
    truths = drawn({"kind": "bernoulli", "probability": 0.2})

    assert sum(counts) / COUNT == pytest.approx(3, abs=0.1)
    assert shares(truths)[True] == pytest.approx(0.2, abs=0.02)


def test_moments_lie_within_their_bounds_in_their_unit() -> None:
    days = drawn({"kind": "datetime", "start": "2024-01-01T00:00", "end": "2024-01-08T00:00", "unit": "days"})
    hours = drawn({"kind": "datetime", "start": "2024-01-01T10:30Z", "end": "2024-01-02T00:00Z", "unit": "hours"})

    assert {date.fromisoformat(day).day for day in days} == set(range(1, 8))
    moments = [datetime.fromisoformat(hour) for hour in hours]
    assert all(moment.minute == 0 and moment.utcoffset() is not None for moment in moments)


def test_later_moments_follow_by_their_distance_and_nothing_follows_nothing() -> None:
    column = {"kind": "timedelta", "after": "start", "low": 1, "high": 3, "unit": "days"}

    (day, nothing) = drawn(column, count=2, known={"start": ["2024-01-01", None]})

    assert date(2024, 1, 2) <= date.fromisoformat(day) <= date(2024, 1, 4)
    assert nothing is None
    with pytest.raises(TextNLPError, match="no moment"):
        drawn(column, count=1, known={"start": ["soon"]})


def test_uuids_are_random_ones_behind_their_prefix() -> None:
    found = drawn({"kind": "uuid", "prefix": "row-"}, count=100)

    assert len(set(found)) == 100
    assert {uuid.UUID(each.removeprefix("row-")).version for each in found} == {4}


def test_items_are_picked_of_a_list_or_a_file() -> None:
    assert set(drawn({"kind": "pick", "file": "x.txt"}, lines=("a", "b"))) == {"a", "b"}
    column = {"kind": "pick", "column": "items"}
    assert drawn(column, count=3, known={"items": [["x"], [], None]}) == ["x", None, None]
    with pytest.raises(TextNLPError, match="items is no list"):
        drawn(column, count=1, known={"items": ["x"]})


def test_people_are_objects_of_their_locale() -> None:
    found = drawn({"kind": "persona", "locale": ["de_DE", "fr_FR"], "min_age": 30, "max_age": 40}, count=50)

    assert {person["locale"] for person in found} == {"de_DE", "fr_FR"}
    assert all(30 <= person["age"] <= 40 and person["description"] for person in found)

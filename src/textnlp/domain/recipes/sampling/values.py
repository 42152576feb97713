"""Values of one sampler column, many at a time."""

import math
import uuid
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, cast

import numpy as np

from textnlp.domain.errors import invalid_input
from textnlp.domain.people.people import draw_people
from textnlp.domain.recipes.recipe import Column
from textnlp.domain.recipes.sampler_columns import (
    BernoulliColumn,
    CategoryColumn,
    DatetimeColumn,
    GaussianColumn,
    PersonColumn,
    PickColumn,
    PoissonColumn,
    SubcategoryColumn,
    TimedeltaColumn,
    TimeUnit,
    UniformColumn,
    UuidColumn,
    ZipfColumn,
)

Columns = Mapping[str, Sequence[Any]]
FloatArray = np.ndarray[Any, np.dtype[np.float64]]
_UNIT_SECONDS: Mapping[TimeUnit, int] = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_MOST_REDRAWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What values of a column are drawn with.

    Attributes:
        count: values that are wanted.
        known: the columns that this one depends on, `count` values each.
        lines: those of a `pick` column's file.
    """

    generator: np.random.Generator
    count: int
    known: Columns = field(default_factory=dict[str, Sequence[Any]])
    lines: Sequence[str] = ()


def draw_values(column: Column, drawing: Drawing) -> list[Any]:
    """Return values of a column in JSON's own types; raises `INVALID_INPUT` with `field` for what cannot be drawn."""
    draw = _DRAWS.get(type(column))
    if draw is None:
        raise invalid_input(f"A column of kind {column.kind} is not drawn.", field="kind")
    return draw(column, drawing)


def needed_columns(column: Column) -> tuple[str, ...]:
    """Return the columns whose values `draw_values` has to know."""
    match column:
        case SubcategoryColumn():
            return (column.of,)
        case TimedeltaColumn():
            return (column.after,)
        case PickColumn() if column.column is not None:
            return (column.column,)
        case _:
            return ()


def _categories(column: CategoryColumn, drawing: Drawing) -> list[Any]:
    values = column.values
    weights = np.ones(len(values)) if column.weights is None else np.array(column.weights, dtype=np.float64)
    return [values[place] for place in _weighted(weights, drawing)]


def _weighted(weights: FloatArray, drawing: Drawing) -> list[int]:
    limits: FloatArray = np.cumsum(weights)
    chances: FloatArray = drawing.generator.random(drawing.count) * limits[-1]
    places: list[int] = np.searchsorted(limits, chances, side="right").tolist()
    return [min(place, len(limits) - 1) for place in places]


def _subcategories(column: SubcategoryColumn, drawing: Drawing) -> list[Any]:
    chances = drawing.generator.random(drawing.count).tolist()
    limits: dict[str, list[float]] = {}
    drawn: list[Any] = []
    for parent, chance in zip(drawing.known[column.of], chances, strict=True):
        key = text_of(parent)
        values = column.values.get(key)
        if values is None:
            told = f"There are no values for {column.of} = {key!r}; there are some for {', '.join(column.values)}."
            raise invalid_input(told, field="values")
        if key not in limits:
            weights = (column.weights or {}).get(key) or [1.0] * len(values)
            limits[key] = [limit / sum(weights) for limit in accumulate(weights)]
        drawn.append(values[min(bisect_right(limits[key], chance), len(values) - 1)])
    return drawn


def text_of(value: Any) -> str:
    """Return a value as the keys of a recipe write it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _zipf(column: ZipfColumn, drawing: Drawing) -> list[Any]:
    size = column.size or len(column.values or ())
    values = column.values or range(1, size + 1)
    weights: FloatArray = np.array([rank**-column.exponent for rank in range(1, size + 1)], dtype=np.float64)
    return [values[place] for place in _weighted(weights, drawing)]


def _uniform(column: UniformColumn, drawing: Drawing) -> list[Any]:
    if column.decimals == 0:
        low, high = math.ceil(column.low), math.floor(column.high)
        if high < low:
            raise invalid_input(f"There is no whole number from {column.low:g} to {column.high:g}.", field="low")
        return drawing.generator.integers(low, high, size=drawing.count, endpoint=True).tolist()
    numbers = drawing.generator.uniform(column.low, column.high, drawing.count)
    return _rounded(numbers, column.decimals)


def _gaussian(column: GaussianColumn, drawing: Drawing) -> list[Any]:
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    numbers: FloatArray = drawing.generator.normal(column.mean, column.deviation, drawing.count)
    for _ in range(_MOST_REDRAWS):
        outside = (numbers < low) | (numbers > high)
        missing = int(np.count_nonzero(outside))
        if not missing:
            return _rounded(numbers, column.decimals)
        numbers[outside] = drawing.generator.normal(column.mean, column.deviation, missing)
    raise invalid_input("Hardly any value of this normal distribution is within low and high.", field="low")


def _rounded(numbers: FloatArray, decimals: int | None) -> list[Any]:
    if decimals is None:
        return numbers.tolist()
    rounded: FloatArray = np.round(numbers, decimals)
    return [int(number) for number in rounded.tolist()] if decimals == 0 else rounded.tolist()


def _poisson(column: PoissonColumn, drawing: Drawing) -> list[Any]:
    return drawing.generator.poisson(column.mean, drawing.count).tolist()


def _bernoulli(column: BernoulliColumn, drawing: Drawing) -> list[Any]:
    return (drawing.generator.random(drawing.count) < column.probability).tolist()


def _moments(column: DatetimeColumn, drawing: Drawing) -> list[Any]:
    unit = _UNIT_SECONDS[column.unit]
    length = max(1, int((column.end - column.start).total_seconds()) // unit)
    steps: list[int] = drawing.generator.integers(length, size=drawing.count).tolist()
    return [_written(column.start + timedelta(seconds=step * unit), column.unit) for step in steps]


def _later_moments(column: TimedeltaColumn, drawing: Drawing) -> list[Any]:
    unit = _UNIT_SECONDS[column.unit]
    distances = drawing.generator.uniform(column.low, column.high, drawing.count).tolist()
    later: list[str | None] = []
    for moment, distance in zip(drawing.known[column.after], distances, strict=True):
        if moment is None:
            later.append(None)
        else:
            moved = _read(moment, column.after) + timedelta(seconds=distance * unit)
            later.append(_written(moved, column.unit))
    return later


def _read(moment: Any, name: str) -> datetime:
    try:
        return datetime.fromisoformat(str(moment))
    except ValueError as exc:
        raise invalid_input(f"{name} = {str(moment)[:60]!r} is no moment in ISO 8601.", field="after") from exc


def _written(moment: datetime, unit: TimeUnit) -> str:
    match unit:
        case "days":
            return moment.date().isoformat()
        case "hours":
            return moment.replace(minute=0, second=0, microsecond=0).isoformat()
        case "minutes":
            return moment.replace(second=0, microsecond=0).isoformat()
        case "seconds":
            return moment.replace(microsecond=0).isoformat()


def _uuids(column: UuidColumn, drawing: Drawing) -> list[Any]:
    drawn = drawing.generator.bytes(16 * drawing.count)
    parts = (drawn[start : start + 16] for start in range(0, len(drawn), 16))
    return [f"{column.prefix}{uuid.UUID(bytes=part, version=4)}" for part in parts]


def _people(column: PersonColumn, drawing: Drawing) -> list[Any]:
    return list(draw_people(column, drawing.generator, drawing.count))


def _picks(column: PickColumn, drawing: Drawing) -> list[Any]:
    if column.column is None:
        lines = drawing.lines
        if not lines:
            raise invalid_input("The file of a pick column has no lines.", field="file")
        places: list[int] = drawing.generator.integers(len(lines), size=drawing.count).tolist()
        return [lines[place] for place in places]
    chances = drawing.generator.random(drawing.count).tolist()
    lists = drawing.known[column.column]
    return [_item(column.column, items, chance) for items, chance in zip(lists, chances, strict=True)]


def _item(name: str, items: Any, chance: float) -> Any:
    if items is None or items == []:
        return None
    if not isinstance(items, list):
        raise invalid_input(f"{name} is no list to pick from.", field="column")
    chosen = cast("list[Any]", items)
    return chosen[int(chance * len(chosen))]


_DRAWS: Mapping[type[Any], Callable[[Any, Drawing], list[Any]]] = {
    CategoryColumn: _categories,
    SubcategoryColumn: _subcategories,
    ZipfColumn: _zipf,
    UniformColumn: _uniform,
    GaussianColumn: _gaussian,
    PoissonColumn: _poisson,
    BernoulliColumn: _bernoulli,
    DatetimeColumn: _moments,
    TimedeltaColumn: _later_moments,
    UuidColumn: _uuids,
    PersonColumn: _people,
    PickColumn: _picks,
}

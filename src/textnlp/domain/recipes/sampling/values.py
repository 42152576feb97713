"""Values of one sampler column, many at a time."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from textnlp.domain.errors import invalid_input
from textnlp.domain.people.people import draw_people
from textnlp.domain.recipes.part import Scalar
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
_UNIT_SECONDS: Mapping[TimeUnit, int] = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_MOST_REDRAWS = 200


def draw_values(
    column: Column, generator: np.random.Generator, count: int, *, known: Columns, lines: Sequence[str] | None
) -> list[Any]:
    """Return `count` values of a column in JSON's own types.

    `known` holds the columns that this one depends on, `count` values each; `lines` are those of a `pick` column's
    file. Raises `INVALID_INPUT` with `field` for what cannot be drawn.
    """
    match column:
        case CategoryColumn():
            return _picked(column.values, column.weights, generator, count)
        case SubcategoryColumn():
            return _subcategories(column, generator, known[column.of])
        case ZipfColumn():
            return _zipf(column, generator, count)
        case UniformColumn() | GaussianColumn():
            return _numbers(column, generator, count)
        case PoissonColumn():
            return generator.poisson(column.mean, count).tolist()
        case BernoulliColumn():
            return (generator.random(count) < column.probability).tolist()
        case DatetimeColumn():
            return _moments(column, generator, count)
        case TimedeltaColumn():
            return _later_moments(column, generator, known[column.after])
        case UuidColumn():
            return [column.prefix + str(_uuid(each)) for each in generator.bytes(16 * count).hex(" ", 16).split()]
        case PersonColumn():
            return draw_people(column, generator, count)
        case PickColumn():
            return _picks(column, generator, count, known=known, lines=lines)
        case _:
            raise invalid_input(f"A column of kind {column.kind} is not drawn.", field="kind")


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


def _picked(
    values: Sequence[Scalar], weights: Sequence[float] | None, generator: np.random.Generator, count: int
) -> list[Any]:
    if weights is None:
        places = generator.integers(len(values), size=count)
    else:
        limits = np.cumsum(weights)
        places = np.searchsorted(limits, generator.random(count) * limits[-1], side="right")
        places = np.minimum(places, len(values) - 1)
    return [values[place] for place in places.tolist()]


def _subcategories(column: SubcategoryColumn, generator: np.random.Generator, parents: Sequence[Any]) -> list[Any]:
    chances = generator.random(len(parents)).tolist()
    limits: dict[str, np.ndarray[Any, np.dtype[np.float64]]] = {}
    drawn: list[Any] = []
    for parent, chance in zip(parents, chances, strict=True):
        key = text_of(parent)
        values = column.values.get(key)
        if values is None:
            known = ", ".join(column.values)
            raise invalid_input(
                f"There are no values for {column.of} = {key!r}; there are some for {known}.", field="values"
            )
        if key not in limits:
            weights = (column.weights or {}).get(key) or [1.0] * len(values)
            limits[key] = np.cumsum(weights) / sum(weights)
        place = int(np.searchsorted(limits[key], chance, side="right"))
        drawn.append(values[min(place, len(values) - 1)])
    return drawn


def text_of(value: Any) -> str:
    """Return a value as the keys of a recipe write it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _zipf(column: ZipfColumn, generator: np.random.Generator, count: int) -> list[Any]:
    size = column.size or len(column.values or ())
    values: Sequence[Scalar] = column.values or range(1, size + 1)
    weights = np.arange(1, size + 1, dtype=float) ** -column.exponent
    limits = np.cumsum(weights)
    places = np.searchsorted(limits, generator.random(count) * limits[-1], side="right")
    return [values[place] for place in np.minimum(places, size - 1).tolist()]


def _numbers(column: UniformColumn | GaussianColumn, generator: np.random.Generator, count: int) -> list[Any]:
    if isinstance(column, GaussianColumn):
        numbers = _gaussian(column, generator, count)
    elif column.decimals == 0:
        low, high = int(np.ceil(column.low)), int(np.floor(column.high))
        if high < low:
            raise invalid_input(f"There is no whole number from {column.low:g} to {column.high:g}.", field="low")
        return generator.integers(low, high, size=count, endpoint=True).tolist()
    else:
        numbers = generator.uniform(column.low, column.high, count)
    if column.decimals is not None:
        numbers = np.round(numbers, column.decimals)
    return numbers.astype(np.int64).tolist() if column.decimals == 0 else numbers.tolist()


def _gaussian(
    column: GaussianColumn, generator: np.random.Generator, count: int
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    numbers = generator.normal(column.mean, column.deviation, count)
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    for _ in range(_MOST_REDRAWS):
        outside = (numbers < low) | (numbers > high)
        missing = int(outside.sum())
        if not missing:
            return numbers
        numbers[outside] = generator.normal(column.mean, column.deviation, missing)
    raise invalid_input("Hardly any value of this normal distribution is within low and high.", field="low")


def _moments(column: DatetimeColumn, generator: np.random.Generator, count: int) -> list[str]:
    unit = _UNIT_SECONDS[column.unit]
    length = max(1, int((column.end - column.start).total_seconds()) // unit)
    steps = generator.integers(length, size=count).tolist()
    return [_written(column.start + timedelta(seconds=step * unit), column.unit) for step in steps]


def _later_moments(column: TimedeltaColumn, generator: np.random.Generator, moments: Sequence[Any]) -> list[str | None]:
    unit = _UNIT_SECONDS[column.unit]
    distances = generator.uniform(column.low, column.high, len(moments)).tolist()
    return [
        None
        if moment is None
        else _written(_read(moment, column.after) + timedelta(seconds=distance * unit), column.unit)
        for moment, distance in zip(moments, distances, strict=True)
    ]


def _read(moment: Any, name: str) -> datetime:
    try:
        return datetime.fromisoformat(str(moment))
    except ValueError as exc:
        raise invalid_input(f"{name} = {str(moment)[:60]!r} is no moment in ISO 8601.", field="after") from exc


def _written(moment: datetime, unit: TimeUnit) -> str:
    if unit == "days":
        return moment.date().isoformat()
    finer = {"hours": {"minute": 0, "second": 0}, "minutes": {"second": 0}, "seconds": {}}[unit]
    return moment.replace(microsecond=0, **finer).isoformat()


def _uuid(digits: str) -> uuid.UUID:
    return uuid.UUID(hex=digits, version=4)


def _picks(
    column: PickColumn, generator: np.random.Generator, count: int, *, known: Columns, lines: Sequence[str] | None
) -> list[Any]:
    if column.column is None:
        if not lines:
            raise invalid_input("The file of a pick column has no lines.", field="file")
        return [lines[place] for place in generator.integers(len(lines), size=count).tolist()]
    chances = generator.random(count).tolist()
    return [_item(column.column, items, chance) for items, chance in zip(known[column.column], chances, strict=True)]


def _item(name: str, items: Any, chance: float) -> Any:
    if items is None or items == []:
        return None
    if not isinstance(items, list):
        raise invalid_input(f"{name} is no list to pick from.", field="column")
    chosen: Sequence[Any] = items
    return chosen[int(chance * len(chosen))]

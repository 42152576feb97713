"""What several raters said of the same units, as numbers that statistics of agreement are made of."""

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from textnlp.domain.errors import invalid_input

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

MISSING = -1
"""The code of a unit that a rater said nothing of."""

_PAIR = 2


class Level(StrEnum):
    """What differences between values mean: `NOMINAL` that they differ, `ORDINAL` which is more, `INTERVAL` how much.

    The levels of measurement of Stevens (1946), without that of ratios.
    """

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratings:
    """Ratings of units by raters.

    Attributes:
        codes: a row a unit and a column a rater; a place in `values`, or `MISSING`.
        values: the number that stands for each category, ascending; the places themselves for nominal ones.
        raters: who the columns are.
        items: for each unit the item it is a part of; the units of one item are drawn together, never apart.
    """

    codes: Whole
    values: Real
    level: Level
    raters: tuple[str, ...]
    items: Whole

    @property
    def is_given(self) -> Truth:
        """Where a rater said something, in the shape of `codes`."""
        return self.codes != MISSING

    @property
    def sizes(self) -> Whole:
        """How many ratings each unit has."""
        return self.is_given.sum(axis=1)

    def paired(self) -> "Ratings":
        """Return the units with two ratings or more, the only ones in which anybody can agree."""
        return self._at(self.sizes >= _PAIR)

    def between(self, first: str, second: str) -> "Ratings":
        """Return what two raters said, of the units of which both said something."""
        columns = [self.raters.index(first), self.raters.index(second)]
        chosen = dataclasses.replace(self, codes=self.codes[:, columns], raters=(first, second))
        return chosen.paired()

    def _at(self, units: Truth) -> "Ratings":
        return dataclasses.replace(self, codes=self.codes[units], items=self.items[units])


def ratings_of(
    units: Sequence[Mapping[str, Hashable]],
    *,
    level: Level,
    order: Sequence[Hashable] | None = None,
    items: Sequence[int] | None = None,
) -> Ratings:
    """Gather what raters said of each unit, a mapping of their names to values.

    `order` lists the categories, from the least to the most where that matters; without it, nominal categories are
    what occurs and others are numbers. `items` tells which units belong together; each is an item of its own where
    left out. Raises `INVALID_INPUT` for a value outside of `order`, or that is no number where one is needed.
    """
    categories = _categories(units, level, order)
    places = {category: place for place, category in enumerate(categories)}
    raters = tuple(sorted({rater for unit in units for rater in unit}))
    columns = {rater: column for column, rater in enumerate(raters)}
    codes = np.full((len(units), len(raters)), MISSING, dtype=np.int64)
    for row, unit in enumerate(units):
        for rater, value in unit.items():
            if value not in places:
                raise invalid_input(f"{value!r} is none of the values that are rated with.")
            codes[row, columns[rater]] = places[value]
    values = np.arange(len(categories), dtype=np.float64)
    if level is Level.INTERVAL:
        values = np.array([_number(category) for category in categories], dtype=np.float64)
    owners = np.arange(len(units)) if items is None else np.asarray(items, dtype=np.int64)
    return Ratings(codes=codes, values=values, level=level, raters=raters, items=owners)


def _categories(
    units: Sequence[Mapping[str, Hashable]], level: Level, order: Sequence[Hashable] | None
) -> list[Hashable]:
    if order is not None:
        return list(order)
    found = dict.fromkeys(value for unit in units for value in unit.values())
    return list(found) if level is Level.NOMINAL else sorted(found, key=_number)


def _number(value: Hashable) -> float:
    if not isinstance(value, int | float):
        raise invalid_input(f"{value!r} is no number, which ordered values are unless their order is given.")
    return float(value)

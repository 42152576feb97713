"""What a report says of a column, gathered value by value in bounded memory."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_MOST_VALUES = 40
_MOST_CHARACTERS = 80
_EXACT_BITS = 9


@dataclass(slots=True)
class ColumnSummary:
    """Counts of one column's values.

    Attributes:
        nulls: values that are null.
        lengths: texts by their length in characters; long ones to nine significant bits, so that there are few.
        values: how often each value comes; empty where there are more than forty different ones.
        numbers: how many are numbers; `total`, `low` and `high` are of them.
    """

    rows: int = 0
    nulls: int = 0
    lengths: Counter[int] = field(default_factory=Counter[int])
    characters: int = 0
    values: Counter[str] = field(default_factory=Counter[str])
    has_many_values: bool = False
    numbers: int = 0
    total: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def add(self, value: Any) -> None:
        """Count one value in."""
        self.rows += 1
        if value is None:
            self.nulls += 1
            return
        if isinstance(value, str):
            self.lengths[rounded_length(len(value))] += 1
            self.characters += len(value)
        elif isinstance(value, bool):
            pass
        elif isinstance(value, int | float):
            self._add_number(value)
        else:
            self.has_many_values = True
        self._count(value)

    @property
    def texts(self) -> int:
        """How many are texts."""
        return sum(self.lengths.values())

    def _add_number(self, value: float) -> None:
        number = float(max(min(value, 1e300), -1e300))
        self.low = min(self.low, number) if self.numbers else number
        self.high = max(self.high, number) if self.numbers else number
        self.numbers += 1
        self.total += number

    def _count(self, value: Any) -> None:
        if self.has_many_values:
            self.values.clear()
            return
        text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
        if len(text) > _MOST_CHARACTERS or (len(self.values) >= _MOST_VALUES and text not in self.values):
            self.has_many_values = True
            self.values.clear()
            return
        self.values[text] += 1


def rounded_length(length: int) -> int:
    """Return a length to nine significant bits, downwards: at most a 256th too small."""
    spare = max(0, length.bit_length() - _EXACT_BITS)
    return length >> spare << spare


def length_bars(lengths: Counter[int], *, bars: int = 24) -> list[tuple[int, int, int]]:
    """Return a histogram as (from, to, count): `bars` stretches of equal width at most, both ends included."""
    if not lengths:
        return []
    low, high = min(lengths), max(lengths)
    width = max(1, -(-(high - low + 1) // bars))
    counts = [0] * (-(-(high - low + 1) // width))
    for length, count in lengths.items():
        counts[(length - low) // width] += count
    return [(low + place * width, low + (place + 1) * width - 1, count) for place, count in enumerate(counts)]

"""A sample of what passes by."""

import random
from collections.abc import Iterable
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class Reservoir(Generic[_Item]):
    """Keeps `size` items of any number, each with the same chance (Vitter 1985, algorithm R); the same for a seed.

    Attributes:
        seen: how many items passed by.
    """

    def __init__(self, size: int, *, seed: int = 0) -> None:
        self._size = size
        self._random = random.Random(seed)  # noqa: S311  a sample, no secret
        self._kept: list[tuple[int, _Item]] = []
        self.seen = 0

    def add(self, items: Iterable[_Item]) -> None:
        """Let items pass by."""
        for item in items:
            self.seen += 1
            if len(self._kept) < self._size:
                self._kept.append((self.seen, item))
                continue
            place = int(self._random.random() * self.seen)
            if place < self._size:
                self._kept[place] = (self.seen, item)

    @property
    def items(self) -> list[_Item]:
        """The sample, in the order in which it passed by."""
        return [item for _, item in sorted(self._kept, key=lambda kept: kept[0])]

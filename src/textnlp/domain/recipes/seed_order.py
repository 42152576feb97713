"""Which seed a candidate begins with."""

import hashlib
import math

from textnlp.domain.errors import invalid_input
from textnlp.domain.recipes.seeds import SeedOrder

_WORD_BYTES = 16
_STEPS = 8


class SeedSequence:
    """The seeds of a source in the order of a recipe, of which each candidate has one.

    `ordered` goes round. `shuffled` goes round too, each time in another order, so that every seed is used once before
    one is used again. `with_replacement` draws for each candidate anew. Which seed it is follows from `seed` and the
    candidate's number alone, whatever was asked before, and no order is kept in memory.

    Args:
        total: seeds in the source.

    Attributes:
        size: how many of them are in use.

    Raises `INVALID_INPUT` with the field `seeds` where there is none, `seeds.first` where that lies behind the last.
    """

    def __init__(self, order: SeedOrder, *, total: int, seed: int) -> None:
        if total == 0:
            raise invalid_input("There are no seeds.", field="seeds")
        if order.first >= total:
            raise invalid_input(
                f"seeds.first is {order.first:,}, and the last of {total:,} seeds is {total - 1:,}.",
                field="seeds.first",
            )
        available = total - order.first
        self.size = available if order.count is None else min(order.count, available)
        self._order = order.order
        self._first = order.first
        self._seed = seed
        self._shuffle: tuple[int, _Permutation] | None = None

    def number_at(self, candidate: int) -> int:
        """Return the 0-based number in the source of the seed that the candidate begins with."""
        if self._order == "with_replacement":
            return self._first + _word(_key(self._seed, "draw"), candidate) % self.size
        round_number, place = divmod(candidate, self.size)
        if self._order == "shuffled":
            place = self._permutation(round_number).number_at(place)
        return self._first + place

    def _permutation(self, round_number: int) -> "_Permutation":
        if self._shuffle is None or self._shuffle[0] != round_number:
            self._shuffle = (round_number, _Permutation(self.size, key=_key(self._seed, f"shuffle:{round_number}")))
        return self._shuffle[1]


class _Permutation:
    """Changes the order of 0 to `size` - 1 without a list of them.

    A generalised Feistel network over a rectangle of about `size` places, walked on from the few places that lie
    beyond (J. Black and P. Rogaway, Ciphers with Arbitrary Finite Domains, CT-RSA 2002, methods 2 and 3).
    """

    def __init__(self, size: int, *, key: bytes) -> None:
        self._size = size
        self._width = math.isqrt(size - 1) + 1
        self._height = -(-size // self._width)
        self._keys = [_key(key, step) for step in range(_STEPS)]

    def number_at(self, place: int) -> int:
        """Return which of the numbers comes at `place`."""
        while True:
            place = self._changed(place)
            if place < self._size:
                return place

    def _changed(self, place: int) -> int:
        row, column = divmod(place, self._width)
        for step, key in enumerate(self._keys):
            if step % 2:
                row = (row + _word(key, column)) % self._height
            else:
                column = (column + _word(key, row)) % self._width
        return row * self._width + column


def _key(*parts: object) -> bytes:
    text = "\x1f".join(map(str, ("seeds", *parts)))
    return hashlib.blake2b(text.encode(), digest_size=32).digest()


def _word(key: bytes, number: int) -> int:
    """Return 128 bits that follow from the key and the number, so that a remainder of them is even enough."""
    digest = hashlib.blake2b(number.to_bytes(_WORD_BYTES, "big"), key=key, digest_size=_WORD_BYTES).digest()
    return int.from_bytes(digest, "big")

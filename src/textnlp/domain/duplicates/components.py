"""Rows that hang together by pairs."""

import numpy as np

from textnlp.domain.duplicates.hashed_words import Ints


class Components:
    """Disjoint sets of rows (Galler and Fischer 1964), each told by the lowest of its rows; pairs come in bulk."""

    def __init__(self, count: int) -> None:
        self._parents: Ints = np.arange(count)

    def roots(self, rows: Ints) -> Ints:
        """Return the lowest row of the set of each row."""
        found = self._parents[rows]
        while True:
            above = self._parents[found]
            if np.array_equal(above, found):
                break
            found = above
        self._parents[rows] = found
        return found

    def join(self, rows: Ints, others: Ints) -> None:
        """Put `rows[i]` and `others[i]` into one set, for every pair."""
        ones, twos = self.roots(rows), self.roots(others)
        while True:
            apart = ones != twos
            low, high = np.minimum(ones, twos)[apart], np.maximum(ones, twos)[apart]
            if not len(low):
                return
            np.minimum.at(self._parents, high, low)
            ones, twos = self.roots(low), self.roots(high)

    def all_roots(self) -> Ints:
        """Return the lowest row of the set of every row."""
        return self.roots(np.arange(len(self._parents)))

"""Rows that share a key, compared with each other."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from textnlp.domain.duplicates.components import Components
from textnlp.domain.duplicates.hashed_words import Hashes, Ints
from textnlp.domain.duplicates.likeness import SetLikeness
from textnlp.domain.duplicates.prefix_keys import RowKeys
from textnlp.domain.duplicates.shingle_sets import Ratios, ShingleSets

_PAIRS_AT_ONCE = 1 << 20
_MANY = 64
_BLOCK = 512
_ROW_BITS = np.uint64(32)
_ROW = np.uint64((1 << 32) - 1)

_Bools = npt.NDArray[np.bool_]


class PairSearch:
    """Joins rows whose similarity reaches the threshold, but for pairs of which both are among the first `before`.

    Pairs that hang together already are not compared. Where many rows share a key, as texts in one frame do, they are
    compared by a product of matrices.
    """

    def __init__(self, sets: ShingleSets, *, before: int, threshold: float) -> None:
        self.components = Components(len(sets))
        self.looked_at = np.flatnonzero(sets.sizes)
        self._sets = sets
        self._likeness = SetLikeness(sets)
        self._before = before
        self._threshold = threshold

    def join_equal(self, signatures: Hashes) -> None:
        """Join rows of equal sets, and look at the last of each from here on, which is no earlier one if any is not.

        `looked_at` names the rows that are left.
        """
        rows, is_first = _runs(RowKeys(self.looked_at, signatures[self.looked_at]))
        if not len(rows):
            return
        lasts = np.maximum.reduceat(rows, np.flatnonzero(is_first))[np.cumsum(is_first) - 1]
        equal = (self._similarities(rows, lasts) == 1) & (rows != lasts)
        self.components.join(rows[equal], lasts[equal])
        self.looked_at = np.setdiff1d(self.looked_at, rows[equal], assume_unique=True)

    def join_similar(self, keys: RowKeys) -> None:
        """Join rows that have a key in common and reach the threshold; all rows of a key have to be there."""
        order, is_first = _runs(keys)
        apart = 0
        while len(order):
            apart += 1
            numbers = np.cumsum(is_first)
            places = np.flatnonzero(numbers[apart:] == numbers[:-apart])
            if not len(places):
                return
            for some in _portions(places):
                self._join_pairs(order[some], order[some + apart])
            order, is_first = self._unjoined(order, is_first)
            if apart == 1:
                order, is_first = self._without_many(order, is_first)

    def _unjoined(self, order: Ints, is_first: _Bools) -> tuple[Ints, _Bools]:
        """Leave out the runs whose rows hang together."""
        roots = self.components.roots(order)
        numbers = np.cumsum(is_first) - 1
        is_open = np.bincount(numbers, weights=roots != roots[is_first][numbers])[numbers] > 0
        return order[is_open], is_first[is_open]

    def _without_many(self, order: Ints, is_first: _Bools) -> tuple[Ints, _Bools]:
        """Join what reaches the threshold in runs of many rows, and leave those out."""
        begins = np.append(np.flatnonzero(is_first), len(order))
        sizes = np.diff(begins)
        for run in np.flatnonzero(sizes > _MANY).tolist():
            self._join_all(order[begins[run] : begins[run + 1]])
        is_few = np.repeat(sizes <= _MANY, sizes)
        return order[is_few], is_first[is_few]

    def _join_all(self, rows: Ints) -> None:
        for first in range(0, len(rows), _BLOCK):
            ones = rows[first : first + _BLOCK]
            for second in range(first, len(rows), _BLOCK):
                twos = rows[second : second + _BLOCK]
                roots, other_roots = self.components.roots(ones), self.components.roots(twos)
                if roots.min() == roots.max() == other_roots.min() == other_roots.max():
                    continue
                reaches = self._likeness.matrix(ones, twos) >= self._threshold
                reaches &= (ones >= self._before)[:, None] | (twos >= self._before)
                found, other_found = np.nonzero(reaches)
                self.components.join(ones[found], twos[other_found])

    def _join_pairs(self, rows: Ints, others: Ints) -> None:
        needed = self.components.roots(rows) != self.components.roots(others)
        needed &= (rows >= self._before) | (others >= self._before)
        sizes, other_sizes = self._sets.sizes_of(rows), self._sets.sizes_of(others)
        needed &= np.minimum(sizes, other_sizes) / np.maximum(sizes, other_sizes) >= self._threshold
        rows, others = _different(rows[needed], others[needed])
        reaches = self._similarities(rows, others) >= self._threshold
        self.components.join(rows[reaches], others[reaches])

    def _similarities(self, rows: Ints, others: Ints) -> Ratios:
        return self._likeness.pairs(rows, others)


def _runs(keys: RowKeys) -> tuple[Ints, _Bools]:
    """Return rows of which each has its key in common with the one before or after, and where each run begins."""
    order = np.argsort(keys.keys)
    ordered = keys.keys[order]
    is_first = np.ones(len(order) + 1, np.bool_)
    is_first[1:-1] = ordered[1:] != ordered[:-1]
    is_shared = ~(is_first[:-1] & is_first[1:])
    return keys.rows[order[is_shared]], is_first[:-1][is_shared]


def _different(rows: Ints, others: Ints) -> tuple[Ints, Ints]:
    """Return each pair once, the lower row first."""
    low, high = np.minimum(rows, others).astype(np.uint64), np.maximum(rows, others).astype(np.uint64)
    pairs = np.unique((low << _ROW_BITS) | high)
    return (pairs >> _ROW_BITS).astype(np.int64), (pairs & _ROW).astype(np.int64)


def _portions(places: Ints) -> Iterator[Ints]:
    for first in range(0, len(places), _PAIRS_AT_ONCE):
        yield places[first : first + _PAIRS_AT_ONCE]

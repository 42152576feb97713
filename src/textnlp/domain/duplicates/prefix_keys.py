"""Keys of which all near-duplicates have one in common."""

from dataclasses import dataclass

import numpy as np

from textnlp.domain.duplicates.hashed_words import Hashes, Ints
from textnlp.domain.duplicates.shingle_sets import ShingleSets, blocks

_BUCKET_BITS = 22
_BUCKET = np.uint64((1 << _BUCKET_BITS) - 1)
_FEW, _FRACTION_BITS = 127 << 7, 16
_HASH_BITS = 43
_HASH = np.uint64((1 << _HASH_BITS) - 1)
_TAG_SHIFT = np.uint64(55)
_SHINGLES_AT_ONCE = 1 << 20
_SLACK = 1e-9


class ShingleCounts:
    """About how many texts have each shingle, in 16 MB however many there are; counts of parts can be added up."""

    def __init__(self) -> None:
        self.counts = np.zeros(1 << _BUCKET_BITS, np.uint32)

    def add(self, hashes: Hashes) -> None:
        """Count shingles."""
        np.add.at(self.counts, (hashes & _BUCKET).astype(np.int64), np.uint32(1))

    def orders(self, hashes: Hashes) -> Hashes:
        """Return what shingles are put in order by, 55 bits: how many texts have them, then their hashes."""
        counts = self.counts[(hashes & _BUCKET).astype(np.int64)].astype(np.float32)
        # The upper half of a positive float grows with its logarithm, and fits twelve bits from 1 up.
        level = np.maximum(counts, 1).view(np.uint32) >> np.uint32(_FRACTION_BITS)
        return ((level - np.uint32(_FEW)).astype(np.uint64) << np.uint64(_HASH_BITS)) | (hashes & _HASH)


@dataclass(frozen=True, slots=True)
class RowKeys:
    """Keys of rows, flat: `keys[i]` is one of those of `rows[i]`."""

    rows: Ints
    keys: Hashes


def prefix_keys(sets: ShingleSets, rows: Ints, counts: ShingleCounts, *, threshold: float) -> RowKeys:
    """Return the keys of some rows.

    Two sets that reach the threshold have one of their first *n - tn + 1* shingles in common, in any one order of all:
    the prefix filter of Chaudhuri, Ganti and Kaushik ("A primitive operator for similarity joins", 2006). In the order
    of rareness, few others do (Bayardo, Ma and Srikant, "Scaling up all pairs similarity search", 2007). So who shares
    no key is no near-duplicate, and who does is a candidate, wherever the rows lie. The same counts have to be given
    for all rows that are brought together.
    """
    parts = [
        _keys_of(sets, rows[first:last], counts, threshold)
        for first, last in blocks(sets.sizes_of(rows), most=_SHINGLES_AT_ONCE)
    ]
    return RowKeys(
        np.concatenate([np.zeros(0, np.int64), *(part.rows for part in parts)]),
        np.concatenate([np.zeros(0, np.uint64), *(part.keys for part in parts)]),
    )


def _keys_of(sets: ShingleSets, rows: Ints, counts: ShingleCounts, threshold: float) -> RowKeys:
    sizes = sets.sizes_of(rows)
    ends = np.cumsum(sizes)
    begins = ends - sizes
    places: Ints = np.arange(int(sizes.sum())) + np.repeat(sets.offsets[rows] - begins, sizes)
    tags = np.repeat(np.arange(len(rows), dtype=np.uint64) << _TAG_SHIFT, sizes)
    tagged = counts.orders(sets.hashes[places]) | tags
    tagged.sort()
    firsts = sizes - np.maximum(np.ceil(threshold * sizes - _SLACK).astype(np.int64), 1) + 1
    firsts = np.where(sizes > 0, firsts, 0)
    taken: Ints = np.arange(int(firsts.sum())) + np.repeat(begins - np.cumsum(firsts) + firsts, firsts)
    return RowKeys(np.repeat(rows, firsts), tagged[taken] & np.uint64((1 << 55) - 1))

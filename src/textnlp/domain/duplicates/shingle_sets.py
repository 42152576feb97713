"""The sets of three-word shingles of many texts, and how much two of them have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.hashed_words import HashedWords, Hashes, Ints, as_series, hash_words, mix

Ratios = npt.NDArray[np.float64]

_WORDS = 3
_BLOCK_TEXTS = 512
_BLOCK_BYTES = 8_000_000
_BLOCK_ELEMENTS = 1_000_000
_COLUMNS = 4_096
_HASH_BITS = 55
_HASH_MASK = np.uint64((1 << _HASH_BITS) - 1)
_TAG_SHIFT, _DROPPED_BITS = np.uint64(_HASH_BITS), np.uint64(64 - _HASH_BITS)
_NO_WORD = np.uint64(0x1F83D9ABFB41BD6B)
_PLACES = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShingleSets:
    """Sets of shingles, each shingle as 55 bits; a null has none, and every text has at least one.

    Attributes:
        hashes: of every set in ascending order, one set after the other.
        offsets: by text, where its set begins, and where the last ends; one more than there are texts.
    """

    hashes: Hashes
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> Ints:
        """By text, how many different shingles it has."""
        return np.diff(self.offsets)

    def sizes_of(self, rows: Ints) -> Ints:
        """Return how many different shingles some texts have, in the order of `rows`."""
        return self.offsets[rows + 1] - self.offsets[rows]


def shingle_sets(texts: pl.Series | Sequence[str | None]) -> ShingleSets:
    """Return for each text the set of its runs of three words; a text of fewer words is one run."""
    return joined_sets([block_sets(block) for block in text_blocks(texts)])


def text_blocks(texts: pl.Series | Sequence[str | None]) -> Iterator[pl.Series]:
    """Yield texts in blocks of at most 512, whose hashes fit a processor's cache where no text is very long."""
    series = as_series(texts)
    for first, last in blocks(series.str.len_bytes().fill_null(0).to_numpy(), most=_BLOCK_BYTES):
        yield series[first:last]


def blocks(sizes: npt.NDArray[np.integer], *, most: int) -> Iterator[tuple[int, int]]:
    """Yield first and end of blocks of at most 512 sizes that make up `most` together, and of one however large."""
    ends = np.cumsum(sizes, dtype=np.int64)
    first = 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        fitting = int(np.searchsorted(ends, before + most, side="right"))
        last = min(max(fitting, first + 1), first + _BLOCK_TEXTS)
        yield first, last
        first = last


def block_sets(block: pl.Series) -> ShingleSets:
    """Return the sets of at most 512 texts."""
    words = hash_words(block)
    hashes, counts = _shingles(words)
    tags = np.repeat(np.arange(len(words), dtype=np.uint64) << _TAG_SHIFT, counts)
    tagged = (hashes >> _DROPPED_BITS) | tags
    tagged.sort()
    if len(tagged):
        is_first = np.empty(len(tagged), np.bool_)
        is_first[0] = True
        np.not_equal(tagged[1:], tagged[:-1], out=is_first[1:])
        tagged = tagged[is_first]
    begins = np.arange(len(words) + 1, dtype=np.uint64) << _TAG_SHIFT
    offsets = np.searchsorted(tagged, begins[:-1])
    return ShingleSets(hashes=tagged & _HASH_MASK, offsets=np.append(offsets, len(tagged)))


def set_signatures(sets: ShingleSets) -> Hashes:
    """Return 64 bits for every set, the sum of its hashes: equal sets have equal signatures, and others hardly ever."""
    totals = np.concatenate((np.zeros(1, np.uint64), np.cumsum(sets.hashes)))
    return np.diff(totals[sets.offsets])


def joined_sets(sets: Sequence[ShingleSets]) -> ShingleSets:
    """Return the sets of several blocks as one."""
    if not sets:
        return ShingleSets(hashes=np.zeros(0, np.uint64), offsets=np.zeros(1, np.int64))
    sizes = np.concatenate([each.sizes for each in sets])
    return ShingleSets(
        hashes=np.concatenate([each.hashes for each in sets]), offsets=np.concatenate(([0], np.cumsum(sizes)))
    )


def shared_counts(sets: ShingleSets, rows: Ints, others: ShingleSets, other_rows: Ints) -> Ints:
    """Return how many shingles `rows[i]` of the one and `other_rows[i]` of the other have in common."""
    shared = np.zeros(len(rows), np.int64)
    sizes = sets.sizes_of(rows) + others.sizes_of(other_rows)
    for first, last in blocks(sizes, most=_BLOCK_ELEMENTS):
        tagged = np.concatenate((_tagged(sets, rows[first:last]), _tagged(others, other_rows[first:last])))
        tagged.sort()
        both = tagged[1:][tagged[1:] == tagged[:-1]] >> _TAG_SHIFT
        shared[first:last] = np.bincount(both.astype(np.int64), minlength=last - first)
    return shared


def jaccards(sets: ShingleSets, rows: Ints, others: ShingleSets, other_rows: Ints) -> Ratios:
    """Return the Jaccard similarity of each pair of texts, 0 to 1; 0 with a null."""
    shared = shared_counts(sets, rows, others, other_rows)
    either = sets.sizes_of(rows) + others.sizes_of(other_rows) - shared
    return np.divide(shared, either, out=np.zeros(len(rows)), where=either > 0)


def shared_matrix(sets: ShingleSets, rows: Ints, others: Ints) -> Ints:
    """Return how many shingles each of some rows shares with each of others (rows, others), itself left aside.

    Only shingles that two of the rows have count for anything, which are few where texts share a frame.
    """
    places, owners = _places(sets, rows)
    other_places, other_owners = _places(sets, others)
    hashes, other_hashes = sets.hashes[places], sets.hashes[other_places]
    values, counts = np.unique(np.concatenate((hashes, other_hashes)), return_counts=True)
    common = values[counts > (2 if np.array_equal(rows, others) else 1)]
    shared = np.zeros((len(rows), len(others)), np.float32)
    for first in range(0, len(common), _COLUMNS):
        columns = common[first : first + _COLUMNS]
        shared += (
            _incidence(hashes, owners, columns, len(rows))
            @ _incidence(other_hashes, other_owners, columns, len(others)).T
        )
    return shared.astype(np.int64)


def _incidence(hashes: Hashes, owners: Ints, columns: Hashes, count: int) -> npt.NDArray[np.float32]:
    """Return a row for each owner with 1 where it has the hash of the column."""
    at = np.minimum(np.searchsorted(columns, hashes), len(columns) - 1)
    is_there = columns[at] == hashes
    found = np.zeros((count, len(columns)), np.float32)
    found[owners[is_there], at[is_there]] = 1
    return found


def _shingles(words: HashedWords) -> tuple[Hashes, Ints]:
    """Return the hashes of all runs of three words, and by text how many there are; shorter texts are one run."""
    hashes, begins, ends = words.hashes, words.offsets[:-1], words.offsets[1:]
    lengths = ends - begins
    counts = np.maximum(lengths - _WORDS + 1, 1)
    counts[words.is_null] = 0
    full = max(len(hashes) - _WORDS + 1, 0)
    runs = hashes[:full] * _PLACES[0]
    runs += hashes[1 : full + 1] * _PLACES[1]
    runs += hashes[2 : full + 2] * _PLACES[2]
    is_inside = np.ones(len(hashes), np.bool_)
    for back in range(1, _WORDS):
        is_inside[ends[lengths >= back] - back] = False
    runs = runs[is_inside[:full]]
    short = np.flatnonzero((lengths < _WORDS) & ~words.is_null)
    if len(short):
        padded = np.append(hashes, _NO_WORD)
        first = padded[np.where(lengths[short] > 0, begins[short], len(hashes))]
        second = padded[np.where(lengths[short] > 1, begins[short] + 1, len(hashes))]
        values = first * _PLACES[0] + second * _PLACES[1] + np.full_like(first, _NO_WORD) * _PLACES[2]
        places = np.concatenate(([0], np.cumsum(np.maximum(lengths - _WORDS + 1, 0))))[short]
        runs = np.insert(runs, places, values)
    return mix(runs), counts


def _tagged(sets: ShingleSets, rows: Ints) -> Hashes:
    """Return the shingles of rows one after the other, each with the place of its row above its hash."""
    places, owners = _places(sets, rows)
    return sets.hashes[places] | (owners.astype(np.uint64) << _TAG_SHIFT)


def _places(sets: ShingleSets, rows: Ints) -> tuple[Ints, Ints]:
    """Return where the shingles of rows are, one row after the other, and by shingle the place of its row in `rows`."""
    begins, sizes = sets.offsets[rows], sets.sizes_of(rows)
    places: Ints = np.arange(int(sizes.sum())) + np.repeat(begins - np.cumsum(sizes) + sizes, sizes)
    return places, np.repeat(np.arange(len(rows)), sizes)

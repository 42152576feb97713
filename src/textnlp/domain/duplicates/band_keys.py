"""Keys that near-duplicates are likely to have in common."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.band_shape import band_shape
from textnlp.domain.duplicates.hashed_words import Hashes, mix
from textnlp.domain.duplicates.shingle_sets import ShingleSets, block_sets, text_blocks
from textnlp.domain.errors import invalid_input

_SEED = 1
_BAND_MIX = np.uint64(0x9E3779B97F4A7C15)
_MOST = 128


def _multipliers() -> npt.NDArray[np.uint32]:
    drawn = np.arange(1, _MOST + 1, dtype=np.uint64) * _BAND_MIX + np.uint64(_SEED)
    return mix(drawn).astype(np.uint32) | np.uint32(1)


_MULTIPLIERS = _multipliers()


def band_keys(texts: pl.Series | Sequence[str | None], *, threshold: float) -> Hashes:
    """Return keys (texts, bands) of which two texts at the threshold share one with a probability of 99.8 %.

    The keys of different bands never mean the same, so that texts may be brought together by key alone, on one machine
    or on many; who shares one is a candidate, for `similarities` to tell. All keys of a null are 0, and no others are.
    Raises `INVALID_INPUT` for a threshold that does not lie between 0 and 1.
    """
    if not 0 < threshold < 1:
        raise invalid_input(f"The threshold is {threshold:g}, and lies between 0 and 1.", field="threshold")
    found = [keys_of(block_sets(block), threshold=threshold) for block in text_blocks(texts)]
    return np.concatenate(found) if found else np.zeros((0, band_shape(threshold)[1]), np.uint64)


def keys_of(sets: ShingleSets, *, threshold: float) -> Hashes:
    """Return the keys (texts, bands) of sets of shingles; MinHash (Broder 1997) by multiplication, in bands."""
    rows, bands = band_shape(threshold)
    filled = np.flatnonzero(sets.sizes)
    keys = np.zeros((len(sets), bands), np.uint64)
    if len(filled):
        least = _least_values(sets, sets.offsets[filled], rows * bands).reshape(bands, rows, len(filled))
        keys[filled] = _keys(least).T
    return keys


def _least_values(sets: ShingleSets, begins: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.uint32]:
    """Return the least of each of `count` permutations for every set that is not empty, (count, sets)."""
    hashes = sets.hashes.astype(np.uint32)
    permuted = np.empty_like(hashes)
    least = np.empty((count, len(begins)), np.uint32)
    for place in range(count):
        np.multiply(hashes, _MULTIPLIERS[place], out=permuted)
        np.minimum.reduceat(permuted, begins, out=least[place])
    return least


def _keys(least: npt.NDArray[np.uint32]) -> Hashes:
    """Return one key for each band (bands, sets) of values (bands, rows, sets)."""
    bands, rows, count = least.shape
    keys = np.repeat((np.arange(1, bands + 1, dtype=np.uint64) * _BAND_MIX)[:, None], count, axis=1)
    for row in range(rows):
        keys = mix((keys ^ least[:, row]) * _BAND_MIX)
    return np.maximum(keys, np.uint64(1))

"""Near-duplicates where texts lie on many machines: candidates by key, and how similar they are."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from textnlp.domain.duplicates.hashed_words import Hashes, Ints
from textnlp.domain.duplicates.shingle_sets import Ratios, jaccards, shingle_sets


def candidate_pairs(rows: Ints, keys: Hashes) -> tuple[Ints, Ints]:
    """Return the pairs of rows that share one of the keys (rows, bands), each pair once and the lower row first.

    All rows of a key have to be there, but not all keys of a row: where `band_keys` are divided by key, those of every
    part together are the pairs of all. A key of 0 is none.
    """
    flat, owners = keys.ravel(), np.repeat(rows, keys.shape[1])
    order = np.argsort(flat)
    order = order[flat[order] != 0]
    flat, owners = flat[order], owners[order]
    numbers = np.cumsum(np.concatenate((np.zeros(min(len(flat), 1), np.int64), flat[1:] != flat[:-1])))
    found: list[Ints] = [np.zeros((0, 2), np.int64)]
    apart = 1
    while len(places := np.flatnonzero(numbers[apart:] == numbers[:-apart])):
        found.append(np.sort(np.stack((owners[places], owners[places + apart]), axis=1), axis=1))
        apart += 1
    pairs = np.unique(np.concatenate(found), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[:, 0], pairs[:, 1]


def similarities(texts: pl.Series | Sequence[str | None], places: Ints, others: Ints) -> Ratios:
    """Return how similar the texts at `places[i]` and `others[i]` are, as `NearDuplicateIndex` has it."""
    sets = shingle_sets(texts)
    return jaccards(sets, places, sets, others)

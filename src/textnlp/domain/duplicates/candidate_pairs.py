"""Near-duplicates where texts lie on many machines: candidates by key, and what is kept by pairs that were found."""

import numpy as np
import numpy.typing as npt

from textnlp.domain.duplicates.hashed_words import Ints
from textnlp.domain.duplicates.keepers import Keepers
from textnlp.domain.duplicates.prefix_keys import RowKeys
from textnlp.domain.duplicates.shingle_sets import Ratios


def candidate_pairs(keys: RowKeys) -> tuple[Ints, Ints]:
    """Return the pairs of rows that share a key, each pair once and the lower row first.

    All rows of a key have to be there, but not all keys of a row: where keys are divided, the pairs of every part
    together are the pairs of all.
    """
    order = np.argsort(keys.keys)
    flat, owners = keys.keys[order], keys.rows[order]
    numbers = np.cumsum(np.concatenate((np.zeros(min(len(flat), 1), np.int64), flat[1:] != flat[:-1])))
    found: list[Ints] = [np.zeros((0, 2), np.int64)]
    apart = 1
    while len(places := np.flatnonzero(numbers[apart:] == numbers[:-apart])):
        found.append(np.sort(np.stack((owners[places], owners[places + apart]), axis=1), axis=1))
        apart += 1
    pairs = np.unique(np.concatenate(found), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[:, 0], pairs[:, 1]


def keepers_of_pairs(
    count: int, order: Ints, *, pairs: tuple[Ints, Ints], similarities: Ratios, before: int
) -> Keepers:
    """Return what `choose_keepers` chooses, from all pairs that reach the threshold.

    Rounds decide every row of which all those that come before it are decided (Blelloch, Fineman and Shun, "Greedy
    sequential maximal independent set and matching are parallel on average", 2012).
    """
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    ones, twos = pairs
    is_ahead = place[ones] < place[twos]
    keepers, rows = np.where(is_ahead, ones, twos), np.where(is_ahead, twos, ones)
    sorted_by = np.argsort(place[keepers], kind="stable")
    sorted_by = sorted_by[rows[sorted_by] >= before]
    keepers, rows, likeness = keepers[sorted_by], rows[sorted_by], similarities[sorted_by]
    is_kept = _settled(count, keepers, rows)
    is_reason = np.flatnonzero(is_kept[keepers] & ~is_kept[rows])
    removed, firsts = np.unique(rows[is_reason], return_index=True)
    found = Keepers(np.arange(count), np.ones(count))
    found.rows[removed] = keepers[is_reason[firsts]]
    found.similarities[removed] = likeness[is_reason[firsts]]
    return found


def _settled(count: int, ahead: Ints, rows: Ints) -> npt.NDArray[np.bool_]:
    """Return which rows are kept, of pairs of which the one is ahead of the other."""
    is_kept, is_removed = np.ones(count, np.bool_), np.zeros(count, np.bool_)
    is_kept[rows] = False
    while len(rows):
        is_removed[rows[is_kept[ahead]]] = True
        is_open = ~is_removed[rows]
        waits = is_open & ~is_removed[ahead]
        is_kept[np.setdiff1d(rows[is_open], rows[waits])] = True
        ahead, rows = ahead[waits], rows[waits]
    return is_kept

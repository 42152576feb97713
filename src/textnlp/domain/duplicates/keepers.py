"""Which of the rows that are similar to each other are kept."""

from dataclasses import dataclass

import numpy as np

from textnlp.domain.duplicates.hashed_words import Ints
from textnlp.domain.duplicates.likeness import Likeness
from textnlp.domain.duplicates.shingle_sets import Ratios

_MANY = 256
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Keepers:
    """By row, the one that is kept in its place, itself where it is kept, and how similar the two are."""

    rows: Ints
    similarities: Ratios


def choose_keepers(roots: Ints, order: Ints, *, before: int, likeness: Likeness, threshold: float) -> Keepers:
    """Choose in an order: a row is kept where no row that is kept already reaches the threshold with it.

    So that each row that is not kept is similar to the one that is kept in its place, and no two that are kept are
    similar to each other. What is similar has one root in `roots`; `order` names all rows, those that are rather kept
    first. The first `before` rows, which come first in the order, are kept whatever they are similar to.
    """
    found = Keepers(np.arange(len(roots)), np.ones(len(roots)))
    order = order[np.argsort(roots[order], kind="stable")]
    begins = np.flatnonzero(np.diff(roots[order], prepend=-1))
    sizes = np.diff(np.append(begins, len(order)))
    for place in np.flatnonzero(sizes > _MANY).tolist():
        rows = order[begins[place] : begins[place] + sizes[place]]
        _choose_in_blocks(found, rows, before=before, likeness=likeness, threshold=threshold)
    open_rows = order[np.repeat((sizes > 1) & (sizes <= _MANY), sizes)]
    while len(open_rows):
        open_rows = _choose_one_each(found, open_rows, roots, before=before, likeness=likeness, threshold=threshold)
    return found


def _choose_one_each(
    found: Keepers, rows: Ints, roots: Ints, *, before: int, likeness: Likeness, threshold: float
) -> Ints:
    """Keep the first row of each root, remove those like it, and return the others."""
    is_first = np.diff(roots[rows], prepend=-1) != 0
    keepers = rows[is_first][np.cumsum(is_first) - 1]
    similarities = np.zeros(len(rows))
    compared = ~is_first & (rows >= before)
    similarities[compared] = likeness.pairs(rows[compared], keepers[compared])
    is_like = similarities >= threshold
    found.rows[rows[is_like]] = keepers[is_like]
    found.similarities[rows[is_like]] = similarities[is_like]
    return rows[~is_first & ~is_like]


def _choose_in_blocks(found: Keepers, rows: Ints, *, before: int, likeness: Likeness, threshold: float) -> None:
    """Choose among the rows of one root, a block of them at a time."""
    kept: Ints = np.zeros(0, np.int64)
    for first in range(0, len(rows), _BLOCK):
        block = rows[first : first + _BLOCK]
        for begin in range(0, len(kept), _BLOCK):
            own = block[(block >= before) & (found.rows[block] == block)]
            _remove_like(found, own, kept[begin : begin + _BLOCK], likeness, threshold)
        block = block[found.rows[block] == block]
        similarities = likeness.matrix(block, block)
        for place, row in enumerate(block.tolist()):
            if found.rows[row] != row:
                continue
            like = place + 1 + np.flatnonzero(similarities[place, place + 1 :] >= threshold)
            like = like[(found.rows[block[like]] == block[like]) & (block[like] >= before)]
            found.rows[block[like]] = row
            found.similarities[block[like]] = similarities[place, like]
        kept = np.concatenate((kept, block[found.rows[block] == block]))


def _remove_like(found: Keepers, rows: Ints, kept: Ints, likeness: Likeness, threshold: float) -> None:
    """Remove rows that are like one that is kept, for the first of those."""
    if not len(rows):
        return
    similarities = likeness.matrix(rows, kept)
    reaches = similarities >= threshold
    firsts = reaches.argmax(axis=1)
    is_like = reaches[np.arange(len(rows)), firsts]
    found.rows[rows[is_like]] = kept[firsts[is_like]]
    found.similarities[rows[is_like]] = similarities[is_like, firsts[is_like]]

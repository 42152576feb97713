"""Texts as the sets of their runs of three words."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from textnlp.domain.matching.word_finder import fold
from textnlp.domain.matching.word_table import Hashes, WordTable

_WORDS = 3
_AT_ONCE = 4_096
_SET_BITS = np.uint64(48)
_SET_MASK = np.uint64((1 << 48) - 1)


def shingle_sets(texts: Sequence[str]) -> list[Hashes]:
    """Return for each text the hashes of its runs of three words, 48 bits each, in order and each once.

    Texts are compared without case, after NFKC; a word is what stands between spaces, and every character of a script
    that puts none. A text of fewer words is one run, an empty one as well. That any two runs of two texts of 100 words
    have the same hash by chance has a probability of 4 in 100 billion.
    """
    sets: list[Hashes] = []
    for first in range(0, len(texts), _AT_ONCE):
        sets += _sets(texts[first : first + _AT_ONCE])
    return sets


def _sets(texts: Sequence[str]) -> list[Hashes]:
    folded = [fold(text.encode("utf-8", "replace").decode()) for text in texts]
    words = WordTable.of(pl.Series(folded, dtype=pl.String))
    starts, hashes = words.grams(_WORDS)
    parts = [(words.text_of[starts], hashes)]
    for length in range(1, _WORDS):
        starts, hashes = words.grams(length, among=words.counts == length)
        parts.append((words.text_of[starts], hashes))
    empty = np.flatnonzero(words.counts == 0)
    parts.append((empty, np.zeros(len(empty), np.uint64)))
    text_of = np.concatenate([part[0] for part in parts]).astype(np.uint64)
    mixed = _mixed(np.concatenate([part[1] for part in parts])) >> np.uint64(16)
    keys = np.sort((text_of << _SET_BITS) | mixed)
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    ends = np.searchsorted(keys, (np.arange(1, len(texts), dtype=np.uint64)) << _SET_BITS)
    return np.split(keys & _SET_MASK, ends)


def _mixed(hashes: Hashes) -> Hashes:
    """Spread hashes over all bits (the finaliser of MurmurHash3, Appleby 2008), so that their order is by chance."""
    mixed = hashes ^ (hashes >> np.uint64(33))
    mixed = mixed * np.uint64(0xFF51AFD7ED558CCD)
    mixed ^= mixed >> np.uint64(33)
    mixed = mixed * np.uint64(0xC4CEB9FE1A85EC53)
    return mixed ^ (mixed >> np.uint64(33))

"""Texts of a corpus that say the same."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from textnlp.domain.duplicates.clusters import Clusters, clusters_of
from textnlp.domain.duplicates.hashed_words import HashedWords, Hashes, Ints, hash_words, mix
from textnlp.domain.duplicates.likeness import Equality
from textnlp.domain.duplicates.ranked_rows import RankedRows, Ranks
from textnlp.domain.duplicates.shingle_sets import text_blocks

_BASES = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1342543DE82EF95))


class ExactDuplicateIndex:
    """The texts of a corpus, and which of them are equal after normalisation: NFKC, case and white space aside.

    Texts come in batches and are not held; of each 16 bytes stay, whose equality is taken for that of the texts.
    """

    def __init__(self) -> None:
        self._rows = RankedRows()
        self._digests: list[Hashes] = []

    def __len__(self) -> int:
        return len(self._rows)

    def prime(self, texts: pl.Series | Sequence[str | None], *, dataset: str) -> None:
        """Take in texts of an earlier dataset, whose rows are always kept; before any are added."""
        self._rows.prime(len(texts), dataset=dataset)
        self._digest(texts)

    def add(self, texts: pl.Series | Sequence[str | None], *, ranks: Ranks | None = None) -> None:
        """Take in texts; a null repeats nothing. Of equal ones the highest rank is kept, or the first."""
        self._rows.add(len(texts), ranks)
        self._digest(texts)

    def clusters(self) -> Clusters:
        """Return what repeats what among all that was taken in."""
        digests = np.concatenate([np.zeros((2, 0), np.uint64), *self._digests], axis=1)
        return clusters_of(
            _lowest_equal(digests),
            ranks=self._rows.ranks(),
            earlier=self._rows.earlier,
            likeness=Equality(),
            threshold=1,
        )

    def _digest(self, texts: pl.Series | Sequence[str | None]) -> None:
        self._digests += [text_digests(hash_words(block)) for block in text_blocks(texts)]


def text_digests(words: HashedWords) -> Hashes:
    """Return 128 bits (2, texts) for every text by its words in order, those of a null being 0.

    They are polynomials over the hashes of the words, modulo 2 to the 64, at two odd numbers.
    """
    places, counts = words.places(), words.counts
    digests = np.empty((2, len(words)), np.uint64)
    for base, digest in zip(_BASES, digests, strict=True):
        powers = np.ones(int(counts.max(initial=0)) + 1, np.uint64)
        np.multiply.accumulate(np.full(len(powers) - 1, base), out=powers[1:])
        totals = np.concatenate((np.zeros(1, np.uint64), np.cumsum(words.hashes * powers[places])))
        digest[:] = mix(np.diff(totals[words.offsets]) + (counts.astype(np.uint64) + np.uint64(1)) * base)
    digests[:, words.is_null] = 0
    return digests


def _lowest_equal(digests: Hashes) -> Ints:
    """Return for every column the first one that is equal to it; a column of zeros equals nothing."""
    roots: Ints = np.arange(int(digests.shape[1]))
    filled = np.flatnonzero(digests.any(axis=0))
    order = filled[np.lexsort((filled, digests[1, filled], digests[0, filled]))]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (digests[:, order[1:]] != digests[:, order[:-1]]).any(axis=0)
    roots[order] = order[is_first][np.cumsum(is_first) - 1]
    return roots

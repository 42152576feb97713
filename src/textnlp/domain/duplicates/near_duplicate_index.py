"""Texts of a corpus that say nearly the same."""

import io
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl

from textnlp.domain.duplicates.band_keys import keys_of
from textnlp.domain.duplicates.clusters import Clusters, clusters_of
from textnlp.domain.duplicates.hashed_words import Hashes, Ints, as_series
from textnlp.domain.duplicates.pair_search import PairSearch
from textnlp.domain.duplicates.ranked_rows import RankedRows, Ranks
from textnlp.domain.duplicates.shingle_sets import ShingleSets, block_sets, jaccards, text_blocks
from textnlp.domain.errors import invalid_input


@dataclass(frozen=True, slots=True)
class _Sketches:
    """What is known of a block of texts; signatures are equal where sets of shingles are."""

    sets: ShingleSets
    keys: Hashes
    signatures: Hashes


class NearDuplicateIndex:
    """The texts of a corpus, and which of them are near-duplicates.

    Two texts are near-duplicates where the Jaccard similarity of their sets of three-word shingles reaches the
    threshold, as `NearDuplicates` has it: candidates share a key of MinHash (`band_keys`), and every one is compared in
    full, so that no pair below the threshold counts, and one at it is found with a probability of 99.8 %, above it
    with more. Rows hang together by such pairs (single linkage), pairs among earlier datasets aside, and one of each
    set is kept.

    Texts come in batches and are not held. For each of about 100 words stay 800 bytes of shingles, in `spill` where one
    is given (an empty file that is open for reading and writing in binary), and 200 bytes in memory at a threshold of
    0.8. An executor of threads sketches blocks at the same time; what is found does not depend on it, nor on how texts
    are batched. Raises `INVALID_INPUT` for a threshold that does not lie between 0 and 1: equal texts are found by
    `ExactDuplicateIndex`.
    """

    def __init__(self, *, threshold: float, spill: BinaryIO | None = None, executor: Executor | None = None) -> None:
        if not 0 < threshold < 1:
            raise invalid_input(f"The threshold is {threshold:g}, and lies between 0 and 1.", field="threshold")
        self._threshold = threshold
        self._spill = spill if spill is not None else io.BytesIO()
        self._map: Callable[[Callable[[pl.Series], _Sketches], Iterable[pl.Series]], Iterable[_Sketches]] = (
            map if executor is None else executor.map
        )
        self._rows = RankedRows()
        self._keys: list[Hashes] = []
        self._sizes: list[Ints] = []
        self._signatures: list[Hashes] = []

    def __len__(self) -> int:
        return len(self._rows)

    def prime(self, texts: pl.Series | Sequence[str | None], *, dataset: str) -> None:
        """Take in texts of an earlier dataset, whose rows are always kept; before any are added."""
        self._rows.prime(len(texts), dataset=dataset)
        self._sketch(texts)

    def add(self, texts: pl.Series | Sequence[str | None], *, ranks: Ranks | None = None) -> None:
        """Take in texts; a null repeats nothing.

        Of those that repeat each other the one of the highest rank is kept, or the first.
        """
        self._rows.add(len(texts), ranks)
        self._sketch(texts)

    def clusters(self) -> Clusters:
        """Return what repeats what among all that was taken in."""
        sizes = np.concatenate([np.zeros(0, np.int64), *self._sizes])
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
        sets = ShingleSets(hashes=_read(self._spill, int(offsets[-1])), offsets=offsets)
        before = sum(rows for _, rows in self._rows.earlier)
        search = PairSearch(sets, before=before, threshold=self._threshold)
        alike = np.concatenate([np.zeros(0, np.uint64), *self._signatures])
        search.join_equal(alike)
        for band in range(self._keys[0].shape[0] if self._keys else 0):
            search.join_similar(np.concatenate([keys[band] for keys in self._keys]))
        return clusters_of(
            search.components.all_roots(),
            ranks=self._rows.ranks(),
            earlier=self._rows.earlier,
            similarity=lambda rows, others: jaccards(sets, rows, sets, others),
        )

    def _sketch(self, texts: pl.Series | Sequence[str | None]) -> None:
        for sketches in self._map(self._sketches, text_blocks(as_series(texts))):
            self._spill.write(sketches.sets.hashes.data)
            self._keys.append(sketches.keys)
            self._sizes.append(sketches.sets.sizes)
            self._signatures.append(sketches.signatures)

    def _sketches(self, block: pl.Series) -> _Sketches:
        sets = block_sets(block)
        keys = keys_of(sets, threshold=self._threshold)
        totals = np.concatenate((np.zeros(1, np.uint64), np.cumsum(sets.hashes)))
        return _Sketches(sets, np.ascontiguousarray(keys.T), np.diff(totals[sets.offsets]))


def _read(spill: BinaryIO, count: int) -> Hashes:
    """Return what was written, without a copy of it in memory."""
    if not count:
        return np.zeros(0, np.uint64)
    if isinstance(spill, io.BytesIO):
        return np.frombuffer(spill.getbuffer(), np.uint64)
    spill.flush()
    return np.memmap(spill, np.uint64, "r", shape=(count,))

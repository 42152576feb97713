"""Texts of a corpus that say nearly the same."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl

from textnlp.domain.duplicates.clusters import Clusters, clusters_of
from textnlp.domain.duplicates.hashed_words import Hashes, Ints, as_series
from textnlp.domain.duplicates.likeness import SetLikeness
from textnlp.domain.duplicates.pair_search import PairSearch
from textnlp.domain.duplicates.prefix_keys import RowKeys, ShingleCounts, prefix_keys
from textnlp.domain.duplicates.ranked_rows import RankedRows, Ranks
from textnlp.domain.duplicates.shingle_sets import ShingleSets, block_sets, set_signatures, text_blocks
from textnlp.domain.errors import invalid_input

_KEYS_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True)
class _Sketches:
    """What is known of a block of texts; signatures are equal where sets of shingles are."""

    sets: ShingleSets
    signatures: Hashes


class NearDuplicateIndex:
    """The texts of a corpus, and which of them are near-duplicates.

    Two texts are near-duplicates where the Jaccard similarity of their sets of three-word shingles reaches the
    threshold, as `NearDuplicates` has it: all of them are candidates by `prefix_keys`, and every candidate is compared
    in full, so that all pairs are found and nothing else. What is kept of them, `Clusters` tells.

    Texts come in batches and are not held. For each of about 100 words stay 800 bytes of shingles, in `spill` where one
    is given (an empty file that is open for reading and writing in binary), and about 20 bytes in memory, to which
    `clusters` adds 300 at a threshold of 0.8. An executor of threads sketches blocks at the same time; what is found
    does not depend on it, nor on how texts are batched. Raises `INVALID_INPUT` for a threshold that does not lie
    between 0 and 1: equal texts are found by `ExactDuplicateIndex`.
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
        self._counts = ShingleCounts()
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
        keys = prefix_keys(sets, search.looked_at, self._counts, threshold=self._threshold)
        for part in _parts(keys):
            search.join_similar(part)
        return clusters_of(
            search.components.all_roots(),
            ranks=self._rows.ranks(),
            earlier=self._rows.earlier,
            likeness=SetLikeness(sets),
            threshold=self._threshold,
        )

    def _sketch(self, texts: pl.Series | Sequence[str | None]) -> None:
        for sketches in self._map(_sketches, text_blocks(as_series(texts))):
            self._spill.write(sketches.sets.hashes.data)
            self._counts.add(sketches.sets.hashes)
            self._sizes.append(sketches.sets.sizes)
            self._signatures.append(sketches.signatures)


def _sketches(block: pl.Series) -> _Sketches:
    sets = block_sets(block)
    return _Sketches(sets, set_signatures(sets))


def _parts(keys: RowKeys) -> Iterator[RowKeys]:
    """Divide keys so that sorting them takes little memory."""
    count = 1 + len(keys.rows) // _KEYS_AT_ONCE
    for part in range(count):
        chosen = keys.keys % np.uint64(count) == part
        yield RowKeys(keys.rows[chosen], keys.keys[chosen])


def _read(spill: BinaryIO, count: int) -> Hashes:
    """Return what was written, without a copy of it in memory."""
    if not count:
        return np.zeros(0, np.uint64)
    if isinstance(spill, io.BytesIO):
        return np.frombuffer(spill.getbuffer(), np.uint64)
    spill.flush()
    return np.memmap(spill, np.uint64, "r", shape=(count,))

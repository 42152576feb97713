"""Near-duplicates of a corpus that lies on many machines."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.adapters.ray_engine.tasks import (
    BlockFacts,
    ComparedBlock,
    add_up,
    compare,
    count,
    divided_keys,
    pairs_of,
    sketch,
)
from textnlp.domain.duplicates.candidate_pairs import keepers_of_pairs
from textnlp.domain.duplicates.clusters import Clusters, kept_clusters, kept_order
from textnlp.domain.duplicates.hashed_words import Hashes, Ints, as_series
from textnlp.domain.duplicates.keepers import Keepers
from textnlp.domain.duplicates.ranked_rows import RankedRows, Ranks
from textnlp.domain.duplicates.shingle_sets import Ratios

_BLOCK_ROWS = 8_192
_COUNTED_TOGETHER = 16
_MOST_PARTS = 64
_RETRIES = 5
_AHEAD = 32


class RayTextIndex:
    """Satisfies `TextIndex` for near-duplicates: what it finds is what `NearDuplicateIndex` finds.

    Sets of shingles stay on the cluster, in blocks of 8,192 texts. Rows are brought together by dividing their keys
    (`prefix_keys`) among the machines, and pairs are compared where the sets are. Here stay 24 bytes a text, and the
    pairs that have a key in common. What was on a machine that is lost is made again from its texts.
    """

    def __init__(self, ray: Any, *, threshold: float) -> None:
        self._ray = ray
        self._threshold = threshold
        self._rows = RankedRows()
        self._waiting: list[pl.Series] = []
        self._blocks: list[Any] = []
        self._facts: list[Any] = []

    def prime(self, texts: pl.Series | Sequence[str | None], *, dataset: str) -> None:
        """Take in texts of an earlier dataset, whose rows are always kept; before any are added."""
        self._rows.prime(len(texts), dataset=dataset)
        self._take(texts)

    def add(self, texts: pl.Series | Sequence[str | None], *, ranks: Ranks | None = None) -> None:
        """Take in texts; a null repeats nothing. The highest rank is kept, or the first."""
        self._rows.add(len(texts), ranks)
        self._take(texts)

    def clusters(self) -> Clusters:
        """Return what repeats what among all that was taken in."""
        self._send()
        earlier = self._rows.earlier
        facts: list[BlockFacts] = self._ray.get(self._facts)
        sizes = np.concatenate([np.zeros(0, np.int64), *(each.sizes for each in facts)])
        signatures = np.concatenate([np.zeros(0, np.uint64), *(each.signatures for each in facts)])
        before = sum(rows for _, rows in earlier)
        order = kept_order(self._rows.ranks(), before=before)
        firsts = _first_equals(order, sizes, signatures, before)
        begins = np.cumsum([0, *(len(each.sizes) for each in facts)])
        pairs = self._candidates(np.flatnonzero((firsts == np.arange(len(firsts))) & (sizes > 0)), begins)
        similarities = self._compared(*pairs, begins)
        reaches = similarities >= self._threshold
        kept = keepers_of_pairs(
            len(sizes),
            order,
            pairs=(pairs[0][reaches], pairs[1][reaches]),
            similarities=similarities[reaches],
            before=before,
        )
        return kept_clusters(_with_equals(kept, firsts, before), earlier=earlier)

    def _take(self, texts: pl.Series | Sequence[str | None]) -> None:
        self._waiting.append(as_series(texts))
        if sum(map(len, self._waiting)) >= _BLOCK_ROWS:
            self._send()

    def _send(self) -> None:
        if not self._waiting:
            return
        texts = pl.concat([series.rename("text") for series in self._waiting]).to_list()
        self._waiting.clear()
        sets, facts = self._remote(sketch, returns=2).remote(texts)
        self._blocks.append(sets)
        self._facts.append(facts)
        if len(self._facts) > _AHEAD:
            # Texts that are not sketched yet must not fill the cluster's memory.
            self._ray.wait([self._facts[-_AHEAD]], num_returns=1)

    def _candidates(self, rows: Ints, begins: Ints) -> tuple[Ints, Ints]:
        """Return the pairs of rows that share a key, each once."""
        if not len(rows):
            return rows, rows
        together = [
            self._remote(count).remote(*self._blocks[first : first + _COUNTED_TOGETHER])
            for first in range(0, len(self._blocks), _COUNTED_TOGETHER)
        ]
        counts = self._remote(add_up).remote(*together)
        parts = min(_MOST_PARTS, max(2, len(self._blocks)))
        divided: list[list[Any]] = []
        for block, sets in enumerate(self._blocks):
            low, high = np.searchsorted(rows, begins[block : block + 2])
            told = {"first": int(begins[block]), "threshold": self._threshold, "parts": parts}
            own = rows[low:high] - begins[block]
            divided.append(self._remote(divided_keys, returns=parts).remote(sets, own, counts, **told))
        asked = [self._remote(pairs_of).remote(*(each[part] for each in divided)) for part in range(parts)]
        found_pairs: list[tuple[Ints, Ints]] = self._ray.get(asked)
        together_pairs = np.unique(np.concatenate([np.stack(pair, axis=1) for pair in found_pairs]), axis=0)
        return together_pairs[:, 0], together_pairs[:, 1]

    def _compared(self, rows: Ints, others: Ints, begins: Ints) -> Ratios:
        """Return how similar pairs are, which come in the order of their first rows."""
        blocks = np.searchsorted(begins, rows, side="right") - 1
        other_blocks = np.searchsorted(begins, others, side="right") - 1
        found = np.zeros(len(rows))
        asked: list[tuple[npt.NDArray[np.int64], Any]] = []
        for block in np.unique(blocks).tolist():
            own = np.flatnonzero(blocks == block)
            own = own[np.argsort(other_blocks[own], kind="stable")]
            groups = [
                ComparedBlock(self._blocks[other], rows[some] - begins[block], others[some] - begins[other])
                for other in np.unique(other_blocks[own]).tolist()
                for some in [own[other_blocks[own] == other]]
            ]
            asked.append((own, self._remote(compare).remote(self._blocks[block], groups)))
        for places, reference in asked:
            found[places] = self._ray.get(reference)
        return found

    def _remote(self, work: Any, *, returns: int = 1) -> Any:
        return self._ray.remote(max_retries=_RETRIES, num_returns=returns)(work)


def _first_equals(order: Ints, sizes: Ints, signatures: Hashes, before: int) -> Ints:
    """Return by row the one of equal sets that comes first in an order, the first `before` apart from the others.

    Rows without shingles equal only themselves.
    """
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    firsts: Ints = np.arange(len(order))
    filled = np.flatnonzero(sizes)
    by = filled[np.lexsort((place[filled], signatures[filled], sizes[filled], filled >= before))]
    is_first = np.ones(len(by), np.bool_)
    is_first[1:] = (signatures[by[1:]] != signatures[by[:-1]]) | (sizes[by[1:]] != sizes[by[:-1]])
    is_first[1:] |= (by[1:] >= before) != (by[:-1] >= before)
    firsts[by] = by[is_first][np.cumsum(is_first) - 1] if len(by) else by
    return firsts


def _with_equals(kept: Keepers, firsts: Ints, before: int) -> Keepers:
    """Return what is kept where only the first of equal rows was looked at; the first `before` are kept anyway."""
    rows, similarities = kept.rows.copy(), kept.similarities.copy()
    equal = np.flatnonzero(firsts != np.arange(len(firsts)))
    equal = equal[equal >= before]
    rows[equal] = kept.rows[firsts[equal]]
    similarities[equal] = kept.similarities[firsts[equal]]
    return Keepers(rows, similarities)

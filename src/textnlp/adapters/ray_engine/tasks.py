"""What machines of a cluster do to find near-duplicates; each works on what it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from textnlp.domain.duplicates.candidate_pairs import candidate_pairs
from textnlp.domain.duplicates.hashed_words import Hashes, Ints
from textnlp.domain.duplicates.prefix_keys import RowKeys, ShingleCounts, prefix_keys
from textnlp.domain.duplicates.shingle_sets import Ratios, ShingleSets, jaccards, set_signatures, shingle_sets


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """Of the texts of a block: how many shingles each has, and the signature of its set."""

    sizes: Ints
    signatures: Hashes


def sketch(texts: Sequence[str | None]) -> tuple[ShingleSets, BlockFacts]:
    """Return the sets of texts, which stay on the cluster, and what is known of them."""
    sets = shingle_sets(texts)
    return sets, BlockFacts(sets.sizes, set_signatures(sets))


def count(*blocks: ShingleSets) -> ShingleCounts:
    """Return how many texts have each shingle, about."""
    counts = ShingleCounts()
    for sets in blocks:
        counts.add(sets.hashes)
    return counts


def add_up(*parts: ShingleCounts) -> ShingleCounts:
    """Return the counts of several parts together."""
    total = ShingleCounts()
    for part in parts:
        total.counts += part.counts
    return total


def divided_keys(
    sets: ShingleSets, rows: Ints, counts: ShingleCounts, *, first: int, threshold: float, parts: int
) -> list[RowKeys]:
    """Return the keys of some rows of a block by the part that each key belongs to; rows are counted from `first`."""
    found = prefix_keys(sets, rows, counts, threshold=threshold)
    part_of = found.keys % np.uint64(parts)
    return [RowKeys(found.rows[part_of == part] + first, found.keys[part_of == part]) for part in range(parts)]


def pairs_of(*keys: RowKeys) -> tuple[Ints, Ints]:
    """Return the pairs of rows that share a key; all keys of a part have to be there."""
    return candidate_pairs(
        RowKeys(np.concatenate([each.rows for each in keys]), np.concatenate([each.keys for each in keys]))
    )


@dataclass(frozen=True, slots=True)
class ComparedBlock:
    """Pairs of rows of one block, `rows`, and of another, `others`, both counted within their block.

    `sets` refers to the sets of the other one, which are fetched when it is their turn.
    """

    sets: Any
    rows: Ints
    others: Ints


def compare(sets: ShingleSets, blocks: Sequence[ComparedBlock]) -> Ratios:
    """Return how similar the pairs of a block with others are, one block after the other."""
    import ray  # noqa: PLC0415  an extra, and there wherever this runs

    fetch: Any = ray.get
    found = [jaccards(sets, block.rows, fetch(block.sets), block.others) for block in blocks]
    return np.concatenate([np.zeros(0), *found])

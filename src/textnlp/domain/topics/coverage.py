"""How well the rows of a dataset cover a tree of topics."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from textnlp.domain.topics.likeness import topic_key
from textnlp.domain.topics.tree import TopicTree

_MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchCoverage:
    """Rows of the leaves at or below one topic.

    Attributes:
        leaves: leaves there are.
        covered: leaves with a row at least.
    """

    path: tuple[str, ...]
    rows: int
    leaves: int
    covered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCoverage:
    """How rows are spread over a tree.

    Attributes:
        rows: rows whose topic is a leaf.
        unknown: rows whose topic is none.
        leaves: the leaves from left to right.
        branches: the topics that have others below them, each before those; the root is the first.
        entropy_bits: Shannon's entropy of the leaves' shares; 0 without rows.
        evenness: the entropy as a share of what it would be with equally many rows for each leaf (Pielou, "The
            measurement of diversity in different types of biological collections", 1966); 0 without rows, 1 for a
            single leaf.
    """

    rows: int
    unknown: int
    leaves: tuple[BranchCoverage, ...]
    branches: tuple[BranchCoverage, ...]
    entropy_bits: float
    evenness: float

    @property
    def without_rows(self) -> tuple[tuple[str, ...], ...]:
        """The paths of the leaves that no row has."""
        return tuple(leaf.path for leaf in self.leaves if not leaf.rows)


def coverage(tree: TopicTree, topics_of_accepted_rows: Iterable[str]) -> TopicCoverage:
    """Return how rows, given by their topics, are spread over the leaves of a tree."""
    asked = Counter(topic_key(topic) for topic in topics_of_accepted_rows)
    leaves = tree.leaves()
    counts = [asked.pop(topic_key(leaf.topic), 0) for leaf in leaves]
    rows: Counter[tuple[str, ...]] = Counter()
    total: Counter[tuple[str, ...]] = Counter()
    covered: Counter[tuple[str, ...]] = Counter()
    for leaf, count in zip(leaves, counts, strict=True):
        for length in range(1, len(leaf.path) + 1):
            path = leaf.path[:length]
            rows[path] += count
            total[path] += 1
            covered[path] += count > 0
    entropy = _entropy_bits(counts)
    found = [
        (bool(topic.topics), BranchCoverage(path=path, rows=rows[path], leaves=total[path], covered=covered[path]))
        for path, topic in tree.walk()
    ]
    return TopicCoverage(
        rows=sum(counts),
        unknown=sum(asked.values()),
        leaves=tuple(each for is_branch, each in found if not is_branch),
        branches=tuple(each for is_branch, each in found if is_branch),
        entropy_bits=entropy,
        evenness=_evenness(entropy, rows=sum(counts), leaves=len(leaves)),
    )


def coverage_document(found: TopicCoverage) -> dict[str, Any]:
    """Return the figures in JSON's own types; of leaves without a row and of branches the first 200 are listed."""
    return {
        "rows": found.rows,
        "unknown": found.unknown,
        "leaves": len(found.leaves),
        "covered": sum(leaf.rows > 0 for leaf in found.leaves),
        "entropy_bits": round(found.entropy_bits, 6),
        "evenness": round(found.evenness, 6),
        "branches": [
            {"path": list(each.path), "rows": each.rows, "leaves": each.leaves, "covered": each.covered}
            for each in found.branches[:_MOST_LISTED]
        ],
        "without_rows": [list(path) for path in found.without_rows[:_MOST_LISTED]],
    }


def _entropy_bits(counts: list[int]) -> float:
    rows = sum(counts)
    return math.fsum(-count / rows * math.log2(count / rows) for count in counts if count)


def _evenness(entropy_bits: float, *, rows: int, leaves: int) -> float:
    if not rows or leaves == 1:
        return float(rows > 0)
    return min(1.0, entropy_bits / math.log2(leaves))

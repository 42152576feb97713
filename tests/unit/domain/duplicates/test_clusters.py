from dataclasses import dataclass

import numpy as np

from textnlp.domain.duplicates.clusters import Clusters, Keeper, Removal, clusters_of
from textnlp.domain.duplicates.hashed_words import Ints
from textnlp.domain.duplicates.shingle_sets import Ratios


@dataclass
class _Told:
    """Rows are alike but for the pairs that are named."""

    unlike: frozenset[tuple[int, int]] = frozenset()

    def pairs(self, rows: Ints, others: Ints) -> Ratios:
        return np.array([self._of(*pair) for pair in zip(rows.tolist(), others.tolist(), strict=True)])

    def matrix(self, rows: Ints, others: Ints) -> Ratios:
        return np.array([[self._of(row, other) for other in others.tolist()] for row in rows.tolist()])

    def _of(self, row: int, other: int) -> float:
        return 0.1 if (min(row, other), max(row, other)) in self.unlike else 0.5 + (row + other) / 100


def _clusters(
    roots: list[int],
    ranks: list[float],
    earlier: tuple[tuple[str, int], ...] = (),
    unlike: frozenset[tuple[int, int]] = frozenset(),
) -> Clusters:
    return clusters_of(
        np.array(roots, np.int64), ranks=np.array(ranks), earlier=earlier, likeness=_Told(unlike), threshold=0.5
    )


def test_the_first_of_equal_rank_is_kept() -> None:
    found = _clusters([0, 1, 0, 1, 4], [0, 5, 0, 5, 0])
    assert list(found.removals()) == [
        Removal(row=2, keeper=Keeper(row=0), similarity=0.52),
        Removal(row=3, keeper=Keeper(row=1), similarity=0.54),
    ]


def test_the_highest_rank_is_kept() -> None:
    found = _clusters([0, 0, 0], [1, -np.inf, 2])
    assert [(each.row, each.keeper.row) for each in found.removals()] == [(0, 2), (1, 2)]


def test_a_row_that_is_like_none_that_is_kept_is_kept() -> None:
    found = _clusters([0, 0, 0, 0], [0, 0, 0, 0], unlike=frozenset({(0, 2), (0, 3)}))
    assert [(each.row, each.keeper.row) for each in found.removals()] == [(1, 0), (3, 2)]


def test_earlier_rows_are_told_by_their_dataset_and_their_number_in_it() -> None:
    found = _clusters([0, 1, 2, 3, 2, 1, 6], [0, 0, 0, 0, 9, 9, 9], (("one", 2), ("none", 0), ("two", 2)))
    assert found.count == 3
    assert [(each.row, str(each.keeper)) for each in found.removals()] == [(0, "two:0"), (1, "one:1")]
    assert str(Keeper(row=7)) == "7"


def test_no_rows_have_no_clusters() -> None:
    found = _clusters([], [])
    assert (found.count, list(found.removals())) == (0, [])

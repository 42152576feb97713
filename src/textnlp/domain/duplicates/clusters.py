"""What repeats what."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textnlp.domain.duplicates.hashed_words import Ints
from textnlp.domain.duplicates.keepers import Keepers, choose_keepers
from textnlp.domain.duplicates.likeness import Likeness
from textnlp.domain.duplicates.shingle_sets import Ratios


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The row that is kept in place of another.

    Attributes:
        row: its number, from 0.
        dataset: the earlier dataset that it is from; None where it is among the rows themselves.
    """

    row: int
    dataset: str | None = None

    def __str__(self) -> str:
        return f"{self.dataset}:{self.row}" if self.dataset is not None else str(self.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A row that repeats another, the one kept in its place, and how similar the two are, 0 to 1."""

    row: int
    keeper: Keeper
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The rows that repeat each other.

    A row is kept where none that is kept already is similar to it, in this order: rows of earlier datasets, all of
    which are kept, then the highest rank, then the first. So each row that is not kept is similar to the one that it
    points at.

    Attributes:
        count: how many rows there are.
        removed: the rows that are not kept, in order.
        keepers: by removed row, the number of the row that is kept, or of the earlier row, as `earlier` counts them.
        is_earlier: by removed row, whether `keepers` counts earlier rows.
        similarities: by removed row, how similar it is to the one that is kept, 0 to 1.
        earlier: the datasets that were there before, each with the number of its rows, in order.
    """

    count: int
    removed: Ints
    keepers: Ints
    is_earlier: npt.NDArray[np.bool_]
    similarities: Ratios
    earlier: tuple[tuple[str, int], ...] = ()

    def removals(self) -> Iterator[Removal]:
        """Yield the rows that are not kept, in order."""
        ends = np.cumsum([0, *(rows for _, rows in self.earlier)])
        for place, row in enumerate(self.removed.tolist()):
            keeper = int(self.keepers[place])
            dataset = None
            if self.is_earlier[place]:
                at = int(np.searchsorted(ends, keeper, side="right")) - 1
                dataset, keeper = self.earlier[at][0], keeper - int(ends[at])
            yield Removal(
                row=row, keeper=Keeper(row=keeper, dataset=dataset), similarity=float(self.similarities[place])
            )


def clusters_of(
    roots: Ints,
    *,
    ranks: Ratios,
    earlier: tuple[tuple[str, int], ...],
    likeness: Likeness,
    threshold: float,
) -> Clusters:
    """Choose what is kept.

    `roots` tell of every row, those of earlier datasets before the others, what set it belongs to by the lowest of its
    rows: rows whose likeness reaches the threshold are in one set. `ranks` tell which row is rather kept.
    """
    before = sum(rows for _, rows in earlier)
    order = kept_order(ranks, before=before)
    return kept_clusters(
        choose_keepers(roots, order, before=before, likeness=likeness, threshold=threshold), earlier=earlier
    )


def kept_order(ranks: Ratios, *, before: int) -> Ints:
    """Return all rows, those that are rather kept first: the first `before`, then the highest rank, then the first."""
    rows = np.arange(len(ranks))
    return np.lexsort((rows, -ranks, rows >= before))


def kept_clusters(chosen: Keepers, *, earlier: tuple[tuple[str, int], ...]) -> Clusters:
    """Return what was chosen, by row; rows of earlier datasets come before the others, and are all kept."""
    before = sum(rows for _, rows in earlier)
    rows = np.arange(len(chosen.rows))
    removed = before + np.flatnonzero(chosen.rows[before:] != rows[before:])
    keepers = chosen.rows[removed]
    is_earlier = keepers < before
    return Clusters(
        count=len(rows) - before,
        removed=removed - before,
        keepers=np.where(is_earlier, keepers, keepers - before),
        is_earlier=is_earlier,
        similarities=chosen.similarities[removed],
        earlier=earlier,
    )

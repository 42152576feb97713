"""What repeats what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textnlp.domain.duplicates.hashed_words import Ints
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
    """The rows that repeat each other: sets that hang together by pairs at the threshold, and what is left of each.

    Of each one row is kept: the first of an earlier dataset where there is one, else that of the highest rank, else the
    first. A removed row can be less similar to the one that is kept than the threshold says, where it is to another of
    its set; `similarities` tell.

    Attributes:
        count: how many rows there are.
        labels: by row, the lowest row of its set; its own number where it is alone, and among earlier datasets alone.
        removed: the rows that are not kept, in order.
        keepers: by removed row, the number of the row that is kept, or of the earlier row, as `earlier` counts them.
        is_earlier: by removed row, whether `keepers` counts earlier rows.
        similarities: by removed row, how similar it is to the one that is kept, 0 to 1.
        earlier: the datasets that were there before, each with the number of its rows, in order.
    """

    count: int
    labels: Ints
    removed: Ints
    keepers: Ints
    is_earlier: npt.NDArray[np.bool_]
    similarities: Ratios
    earlier: tuple[tuple[str, int], ...] = ()

    @property
    def is_kept(self) -> npt.NDArray[np.bool_]:
        """By row, whether it is kept."""
        kept = np.ones(self.count, np.bool_)
        kept[self.removed] = False
        return kept

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
    similarity: Callable[[Ints, Ints], Ratios],
) -> Clusters:
    """Choose what is kept of each set.

    `roots` tell of every row, those of earlier datasets before the others, the lowest of its set; `ranks` which row is
    rather kept; `similarity` how similar the pairs of two lists of rows are.
    """
    before = sum(rows for _, rows in earlier)
    keeper_of = np.arange(len(roots))
    order = np.lexsort((np.arange(len(roots)), -ranks, np.arange(len(roots)) >= before, roots))
    grouped = roots[order]
    is_first = np.ones(len(roots), np.bool_)
    is_first[1:] = grouped[1:] != grouped[:-1]
    keeper_of[order] = order[is_first][np.cumsum(is_first) - 1]
    own = np.arange(before, len(roots))
    removed = own[keeper_of[before:] != own]
    keepers = keeper_of[removed]
    is_earlier = keepers < before
    return Clusters(
        count=len(own),
        labels=_labels(roots[before:], len(own)),
        removed=removed - before,
        keepers=np.where(is_earlier, keepers, keepers - before),
        is_earlier=is_earlier,
        similarities=similarity(removed, keepers),
        earlier=earlier,
    )


def _labels(roots: Ints, count: int) -> Ints:
    """Tell sets by the lowest row that is no earlier one."""
    _, firsts, places = np.unique(roots, return_index=True, return_inverse=True)
    return firsts[places] if count else np.zeros(0, np.int64)

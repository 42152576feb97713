"""How rows are spread over the combinations of values that they should have."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from textnlp.domain.part import Scalar
from textnlp.domain.recipes.sampler_columns import QuotaColumn
from textnlp.domain.recipes.sampling.quota import quota_cells, quota_targets

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredCell:
    """A combination, its rows, and the rows that it should have; None where nobody said."""

    labels: Labels
    rows: int
    target: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCoverage:
    """How rows are spread over cells.

    Attributes:
        factors: what the labels of a cell stand for.
        cells: in the order in which they are declared.
        unknown: rows of combinations that are none of the cells.
        evenness: Shannon's entropy of the cells' shares as a part of its highest value (Pielou 1966); 0 without rows.
    """

    factors: tuple[str, ...]
    cells: tuple[CoveredCell, ...]
    unknown: int = 0
    evenness: float

    @property
    def covered(self) -> int:
        """How many cells have rows."""
        return sum(cell.rows > 0 for cell in self.cells)


def cover_cells(
    factors: Sequence[str],
    cells: Sequence[Labels],
    rows: Mapping[Labels, int],
    *,
    targets: Sequence[int] | None = None,
) -> CellCoverage:
    """Return how rows, counted by their labels, are spread over the cells that there should be."""
    counts = [rows.get(cell, 0) for cell in cells]
    wanted: Sequence[int | None] = targets if targets is not None else [None] * len(cells)
    return CellCoverage(
        factors=tuple(factors),
        cells=tuple(
            CoveredCell(labels=labels, rows=count, target=target)
            for labels, count, target in zip(cells, counts, wanted, strict=True)
        ),
        unknown=sum(rows.values()) - sum(counts),
        evenness=_evenness(counts),
    )


def cover_quota(column: QuotaColumn, values: Mapping[Labels, int], *, target: int) -> CellCoverage:
    """Return how rows, counted by `quota_labels`, keep a quota of `target` rows."""
    factors = list(column.factors)
    cells = [quota_labels(column, cell) for cell in quota_cells(column)]
    return cover_cells(factors, cells, values, targets=quota_targets(column, target))


def quota_labels(column: QuotaColumn, value: Mapping[str, Scalar]) -> Labels:
    """Return the labels of a quota's value: those of its factors, in their order."""
    return tuple(label_of(value.get(factor)) for factor in column.factors)


def label_of(value: object) -> str:
    """Return the label of a value: a text as it is, everything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value, order="sorted", enc_hook=str).decode()


def _evenness(counts: Sequence[int]) -> float:
    rows = sum(counts)
    if not rows or len(counts) == 1:
        return float(rows > 0)
    entropy = math.fsum(-count / rows * math.log2(count / rows) for count in counts if count)
    return min(1.0, max(0.0, entropy / math.log2(len(counts))))

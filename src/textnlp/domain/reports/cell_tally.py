"""Accepted rows by the cells that they should cover."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, cast

from textnlp.domain.diversity.cell_coverage import (
    CellCoverage,
    Labels,
    cover_cells,
    cover_quota,
    label_of,
    quota_labels,
)
from textnlp.domain.recipes.sampler_columns import CategoryColumn, QuotaColumn
from textnlp.domain.reports.model import CellFigure, CoverageFigures

_MOST_CELLS = 1_000
_MOST_COUNTED = 20_000
_LISTED = 200
_OTHER: Labels = ()


class CellTally:
    """Counts accepted rows by the values of quotas, and by the combinations of columns that are drawn from a list.

    Of those columns as many are combined, from the first on, as have no more than 1,000 combinations together.
    """

    def __init__(self, quotas: Mapping[str, QuotaColumn], categories: Mapping[str, CategoryColumn]) -> None:
        self._quotas = dict(quotas)
        self._factors = _combined({name: column.values for name, column in categories.items()})
        self._counts: dict[str, Counter[Labels]] = {name: Counter() for name in self._quotas}
        self._combined: Counter[Labels] = Counter()

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Count accepted rows."""
        for name, column in self._quotas.items():
            for row in rows:
                value = row.get(name)
                labels = quota_labels(column, cast("dict[str, Any]", value)) if isinstance(value, dict) else _OTHER
                _count(self._counts[name], labels)
        if self._factors:
            for row in rows:
                _count(self._combined, tuple(label_of(row.get(factor)) for factor in self._factors))

    def figures(self, *, target: int | None) -> list[CoverageFigures]:
        """Return how the rows so far cover quotas, for `target` accepted rows, and combinations."""
        found: list[CoverageFigures] = []
        for name, column in self._quotas.items():
            counts = self._counts[name]
            wanted = counts.total() if target is None else target
            found.append(_figures(name, cover_quota(column, counts, target=wanted)))
        if self._factors:
            labels = [[label_of(value) for value in values] for values in self._factors.values()]
            cells = list(dict.fromkeys(product(*labels)))
            found.append(_figures(" by ".join(self._factors), cover_cells(list(self._factors), cells, self._combined)))
        return found


def recipe_cells(recipe: Mapping[str, Any]) -> CellTally:
    """Return a tally for the quotas and lists that a recipe, in JSON's own types, draws from."""
    quotas: dict[str, QuotaColumn] = {}
    categories: dict[str, CategoryColumn] = {}
    for name, column in recipe.get("columns", {}).items():
        if column.get("kind") == "quota":
            quotas[name] = QuotaColumn.model_validate(column)
        elif column.get("kind") == "category":
            categories[name] = CategoryColumn.model_validate(column)
    return CellTally(quotas, categories)


def topic_figures(document: Mapping[str, Any]) -> CoverageFigures:
    """Return how rows cover a tree of topics, from what `coverage_document` says; topics without rows are listed."""
    bare = cast("list[list[str]]", document["without_rows"])
    return CoverageFigures(
        name="topics",
        factors=["topic"],
        cells=document["leaves"],
        covered=document["covered"],
        rows=document["rows"] + document["unknown"],
        unknown=document["unknown"],
        evenness=document["evenness"],
        listed=[CellFigure(labels=[" / ".join(path)], rows=0) for path in bare[:_LISTED]]
        or [
            CellFigure(labels=[" / ".join(branch["path"])], rows=branch["rows"])
            for branch in document["branches"][:_LISTED]
        ],
    )


def _combined(values: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    found: dict[str, Sequence[Any]] = {}
    for name, each in values.items():
        if prod(map(len, found.values())) * len(each) <= _MOST_CELLS:
            found[name] = each
    return found if len(found) > 1 else {}


def _count(counts: Counter[Labels], labels: Labels) -> None:
    counts[labels if labels in counts or len(counts) < _MOST_COUNTED else _OTHER] += 1


def _figures(name: str, found: CellCoverage) -> CoverageFigures:
    cells = [CellFigure(labels=list(cell.labels), rows=cell.rows, target=cell.target) for cell in found.cells]
    ranked = sorted(cells, key=lambda cell: cell.rows / max(1, cell.target) if cell.target is not None else cell.rows)
    return CoverageFigures(
        name=name,
        factors=list(found.factors),
        cells=len(cells),
        covered=found.covered,
        rows=sum(cell.rows for cell in cells) + found.unknown,
        unknown=found.unknown,
        evenness=found.evenness,
        listed=cells if len(cells) <= _LISTED else ranked[:_LISTED],
    )

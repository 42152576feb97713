"""Counts what the judging columns of a recipe say of rows."""

from collections.abc import Iterator, Mapping
from typing import Any

from textnlp.domain.reports.comparison_tally import PairwiseTally, RankingTally
from textnlp.domain.reports.panel_tally import PanelTally
from textnlp.domain.reports.verdict_figures import PairwiseFigures, PanelFigures, RankingFigures


class VerdictTally:
    """Counts the verdicts of all judges; `recipe` is in JSON's own types.

    Every row with a verdict counts, accepted or not: among accepted rows alone, judges would seem to agree less or
    more than they do.
    """

    def __init__(self, recipe: Mapping[str, Any]) -> None:
        columns: Mapping[str, Mapping[str, Any]] = recipe.get("columns") or {}
        seed = int(recipe.get("seed") or 0)
        self._panels = [panel for name, column in columns.items() for panel in _panels(name, column, seed=seed)]
        self._pairs = [
            PairwiseTally(name, first=column["first"], second=column["second"], members=column.get("models") or ())
            for name, column in columns.items()
            if column.get("kind") == "pairwise"
        ]
        self._rankings = [
            RankingTally(name, column["columns"]) for name, column in columns.items() if column.get("kind") == "rank"
        ]

    def add(self, row: Mapping[str, Any]) -> None:
        """Count the verdicts of a row in."""
        for tally in (*self._panels, *self._pairs, *self._rankings):
            tally.add(row)

    def panels(self) -> list[PanelFigures]:
        """Return the figures of panels, in the order of the recipe."""
        return [figures for tally in self._panels if (figures := tally.figures()) is not None]

    def pairs(self) -> list[PairwiseFigures]:
        """Return the figures of pairwise columns, each followed by those of its judges."""
        return [figures for tally in self._pairs for figures in tally.figures()]

    def rankings(self) -> list[RankingFigures]:
        """Return the figures of rankings."""
        return [figures for tally in self._rankings if (figures := tally.figures()) is not None]


def _panels(name: str, column: Mapping[str, Any], *, seed: int) -> Iterator[PanelTally]:
    members = column.get("models")
    if not members:
        return
    if column.get("kind") == "judge":
        scores: Mapping[str, Any] = column.get("scores") or {}
        for score in scores:
            yield PanelTally(f"{name}.{score}", members, level="interval", seed=seed)
    elif column.get("kind") == "pairwise":
        yield PanelTally(name, members, level="nominal", seed=seed)

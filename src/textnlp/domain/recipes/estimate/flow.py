"""How many rows pass through each stage of a recipe, for so many that are accepted in the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.estimate.band import EstimateBand, Size, exactly, spanning, wilson_share
from textnlp.domain.recipes.plan import RecipePlan
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.references import condition_names
from textnlp.domain.recipes.step_columns import ExpandStep, FilterStep, SubsampleStep
from textnlp.domain.templates.template import PromptTemplate

UNKNOWN_PASS_RATE = EstimateBand(low=0.3, expected=0.7, high=1.0)
"""The share of rows that are accepted where something is looked at."""

UNCHECKED_PASS_RATE = EstimateBand(low=0.9, expected=0.98, high=1.0)
"""The share of rows that are accepted where nothing is looked at, so that only failures are lost."""

_UNKNOWN_FILTER = EstimateBand(low=0.1, expected=0.5, high=1.0)
_UNKNOWN_CONDITION = EstimateBand(low=0.0, expected=0.5, high=1.0)
_LEAST_FACTOR = 0.01
_CANDIDATES_A_ROW = 10
_LEAST_CANDIDATES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFlow:
    """Rows on their way.

    Attributes:
        candidates: candidates that are begun.
        stages: for each stage of the plan, the rows that its columns are made for.
    """

    candidates: EstimateBand
    stages: tuple[EstimateBand, ...]


def pass_rate_of(recipe: Recipe) -> EstimateBand:
    """Return which share of rows may be accepted, before any is made."""
    is_checked = bool(recipe.checks or recipe.accept.where or recipe.accept.duplicates)
    return UNKNOWN_PASS_RATE if is_checked else UNCHECKED_PASS_RATE


def most_candidates(recipe: Recipe, rows: int) -> int:
    """Return how many candidates a run for so many rows begins at most."""
    return recipe.accept.max_candidates or max(_CANDIDATES_A_ROW * rows, _LEAST_CANDIDATES)


class KnownRows:
    """Rows with the values that are drawn, and what can be told from them before a model is asked.

    Args:
        rows: at least one.
        filled: the same rows with made-up values for everything else, for each size.
        compiled: reads a template, each once.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        filled: Mapping[Size, Sequence[Mapping[str, Any]]],
        compiled: Callable[[str], PromptTemplate],
    ) -> None:
        self._rows = rows
        self._filled = filled
        self._compiled = compiled

    def share(self, condition: str) -> EstimateBand | None:
        """Return for which share of rows a condition holds; None where that depends on what is not drawn."""
        names = condition_names(condition)
        if any(not names <= row.keys() for row in self._rows):
            return None
        template = self._compiled(f"{{% if ({condition}) %}}1{{% endif %}}")
        try:
            hits = sum(template.render(row) == "1" for row in self._rows)
        except TextNLPError:
            return None
        return wilson_share(hits, len(self._rows))

    def items(self, step: ExpandStep) -> EstimateBand:
        """Return how many rows an expand step makes of one."""
        if all(step.column in row for row in self._rows):
            return exactly(max(_LEAST_FACTOR, _mean_items(self._rows, step)))
        low, expected, high = (max(_LEAST_FACTOR, _mean_items(self._filled[size], step)) for size in Size)
        return spanning(low, high, expected=expected)


def share_of(condition: str | None, known: KnownRows) -> EstimateBand:
    """Return for which share of rows a column's condition holds: all without one, anything for one that is unknown."""
    if condition is None:
        return exactly(1.0)
    return known.share(condition) or _UNKNOWN_CONDITION


def row_flow(recipe: Recipe, plan: RecipePlan, *, rows: int, pass_rate: EstimateBand, known: KnownRows) -> RowFlow:
    """Return how many rows pass through each stage, reckoned back from the rows that are accepted.

    A column behind an expand step is so made for about as many rows, however many items the list has. The worst case
    is cut where the recipe's limit on candidates ends the run.
    """
    counts = [[1.0] for _ in Size]
    for stage in plan.stages:
        for size in Size:
            step = recipe.columns[stage.step] if stage.step else None
            before = counts[size][-1]
            counts[size].append(before * _factor(step, before, known).at(size) if step else before)
    cap = float(most_candidates(recipe, rows))
    begun: list[float] = []
    passing: list[list[float]] = []
    for size in Size:
        wanted = rows / (counts[size][-1] * pass_rate.at(size))
        begun.append(min(wanted, cap))
        passing.append([begun[-1] * count for count in counts[size][:-1]])
    return RowFlow(
        candidates=spanning(*begun, expected=begun[Size.EXPECTED]),
        stages=tuple(spanning(*each, expected=each[Size.EXPECTED]) for each in zip(*passing, strict=True)),
    )


def _factor(step: object, before: float, known: KnownRows) -> EstimateBand:
    match step:
        case FilterStep():
            share = known.share(step.where) or _UNKNOWN_FILTER
            return EstimateBand(
                low=max(_LEAST_FACTOR, share.low),
                expected=max(_LEAST_FACTOR, share.expected),
                high=max(_LEAST_FACTOR, share.high),
            )
        case ExpandStep():
            return known.items(step)
        case SubsampleStep() if step.rows is not None:
            return exactly(min(1.0, step.rows / before))
        case SubsampleStep() if step.fraction is not None:
            return exactly(step.fraction)
        case _:
            return exactly(1.0)


def _mean_items(rows: Sequence[Mapping[str, Any]], step: ExpandStep) -> float:
    counts = [
        min(len(cast("list[Any]", value)), step.limit) for row in rows if isinstance(value := row[step.column], list)
    ]
    return sum(counts) / len(counts) if counts else 1.0

"""What an estimate assumes, in sentences."""

from collections.abc import Iterator
from typing import get_args

from textnlp.domain.recipes.estimate.flow import KnownRows, RowFlow
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.recipe import AskedColumn, Recipe
from textnlp.domain.recipes.step_columns import FilterStep

_ASKED = get_args(AskedColumn)


def assumptions(recipe: Recipe, flow: RowFlow, known: KnownRows, *, sampled: int) -> Iterator[str]:
    """Yield what was assumed about the rows on their way."""
    yield (
        f"Prompts are measured on {sampled:,} {'row' if sampled == 1 else 'rows'} with made-up values in place of what "
        "models write."
    )
    yield from _unknown_conditions(recipe, known)
    if flow.is_capped:
        yield "At worst the run ends at its limit on candidates, with fewer rows than are wanted."


def shortcomings(recipe: Recipe, estimate: RecipeEstimate) -> Iterator[str]:
    """Yield which prices are not known, how times were come by, and which limits of the recipe may be reached."""
    for model in estimate.unpriced:
        yield f"The price of {model} is not known, so its calls are missing from the cost."
    if any(each.is_batch for each in estimate.columns):
        yield "Calls by the provider's batch cost half, and may take up to a day."
    if not estimate.probe_rows:
        yield "Pass rates, lengths of answers and times are assumptions; some rows made beforehand measure them."
    limit = recipe.accept.max_cost
    if limit is not None and estimate.known_cost.high > limit:
        yield f"{_likelihood(estimate.known_cost.expected, limit)} before all rows are there: max_cost is ${limit:,.2f}."
    limit = recipe.accept.max_seconds
    if limit is not None and estimate.seconds.high > limit:
        yield f"{_likelihood(estimate.seconds.expected, limit)} before all rows are there: max_seconds is {limit:,g}."


def _unknown_conditions(recipe: Recipe, known: KnownRows) -> Iterator[str]:
    for name, column in recipe.columns.items():
        if isinstance(column, FilterStep) and known.share(column.where) is None:
            yield f"{name}: what passes depends on what is not drawn; a tenth to all rows are taken to."
        condition = getattr(column, "when", None)
        if isinstance(column, _ASKED) and condition and known.share(condition) is None:
            yield f"{name}: whether it is asked depends on what is not drawn; none to all rows are taken to ask."


def _likelihood(expected: float, limit: float) -> str:
    return "The run will probably end" if expected > limit else "The run may end"

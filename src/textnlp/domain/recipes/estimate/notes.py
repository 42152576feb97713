"""What an estimate assumes, in sentences."""

from collections.abc import Iterator

from textnlp.domain.recipes.estimate.flow import KnownRows
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.recipe import AskedColumn, Recipe
from textnlp.domain.recipes.step_columns import FilterStep


def assumptions(recipe: Recipe, known: KnownRows, *, sampled: int) -> Iterator[str]:
    """Yield what was assumed about the rows on their way."""
    yield (
        f"Prompts are measured on {sampled:,} {'row' if sampled == 1 else 'rows'} with made-up values in place of what "
        "models write."
    )
    yield "Pass rates, lengths of answers and times are assumptions; some rows made beforehand measure them."
    for name, column in recipe.columns.items():
        if isinstance(column, FilterStep) and known.share(column.where) is None:
            yield f"{name}: what passes depends on what is not drawn; a tenth to all rows are taken to."
        condition = getattr(column, "when", None)
        if isinstance(column, AskedColumn) and condition and known.share(condition) is None:
            yield f"{name}: whether it is asked depends on what is not drawn; none to all rows are taken to ask."


def remarks(estimate: RecipeEstimate) -> tuple[str, ...]:
    """Return what an estimate assumes, and what its figures mean: prices that are not known, limits that may be met."""
    return (*estimate.notes, *_consequences(estimate))


def _consequences(estimate: RecipeEstimate) -> Iterator[str]:
    for model in estimate.unpriced:
        yield f"The price of {model} is not known, so its calls are missing from the cost."
    if any(each.is_batch for each in estimate.columns):
        yield "Calls by the provider's batch cost half, and may take up to a day."
    if estimate.candidates.high >= estimate.most_candidates:
        most = f"{estimate.most_candidates:,}"
        yield f"At worst the run ends at its limit of {most} candidates, with fewer rows than are wanted."
    limit = estimate.max_cost
    if limit is not None and estimate.known_cost.high > limit:
        yield f"{_ends(estimate.known_cost.expected, limit)} before all rows are there: max_cost is ${limit:,g}."
    limit = estimate.max_seconds
    if limit is not None and estimate.seconds.high > limit:
        yield f"{_ends(estimate.seconds.expected, limit)} before all rows are there: max_seconds is {limit:,g}."


def _ends(expected: float, limit: float) -> str:
    return "The run will probably end" if expected > limit else "The run may end"

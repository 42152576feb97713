"""Which models of a recipe are asked online, and which through their provider's batches."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from textnlp.bootstrap.provider_batches import ProviderBatches
from textnlp.domain.errors import ErrorFacts, TextNLPError
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.usage.executor_choice import Executor, ExecutorChoice, choose_executor


def choose_executors(
    recipe: Recipe,
    batches: ProviderBatches | None,
    *,
    default_model: str,
    estimate: Callable[[], RecipeEstimate],
) -> Mapping[str, ExecutorChoice]:
    """Return the choice for each alias that says something of its route.

    `estimate` is asked only where a budget is given. Raises `INVALID_INPUT` with the alias as field where a batch is
    wanted of a provider that takes none.
    """
    choices: dict[str, ExecutorChoice] = {}
    for name, alias in recipe.models.items():
        route = alias.route
        if route.executor == "auto" and route.deadline_seconds is None and route.budget is None:
            continue
        taken = estimate() if route.budget is not None else None
        try:
            choices[name] = choose_executor(
                route,
                rows=recipe.accept.rows,
                cost_online=None if taken is None else _cost(taken, name),
                seconds_online=0.0 if taken is None else taken.seconds.expected,
                has_provider_batch=batches is not None and batches.takes(alias.model or default_model),
            )
        except TextNLPError as error:
            field = f"models.{name}.{error.facts.field}"
            facts = ErrorFacts(field=field, hint=error.facts.hint)
            raise TextNLPError(f"{field}: {error.message}", kind=error.kind, facts=facts) from error
    return choices


def batched_aliases(choices: Mapping[str, ExecutorChoice]) -> frozenset[str]:
    """Return the aliases that are asked through batches."""
    return frozenset(name for name, choice in choices.items() if choice.executor is Executor.BATCH)


def _cost(estimate: RecipeEstimate, alias: str) -> Decimal | None:
    costs = [column.cost for column in estimate.columns if column.alias == alias]
    if any(cost is None for cost in costs):
        return None
    return sum((Decimal(str(cost.expected)) for cost in costs if cost is not None), Decimal(0))

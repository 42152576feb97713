"""What models cost, by the price table and the models file."""

from collections.abc import Callable
from datetime import UTC
from decimal import Decimal

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.usage.price_file import price_table
from textnlp.bootstrap.engine_wiring import built_in_names, declared_models
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import Usage
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.usage.price import Price, PriceTable, cost_of
from textnlp.settings import Settings


def price_finder(settings: Settings) -> Callable[[str], Price | None]:
    """Return what tells the price of a model on the day on which it is made.

    The model may be an alias, a deployment, or what a provider calls it: then a deployment of the models file that
    has prices of its own goes before the list.
    """
    prices, day = price_list(settings), SystemClock().now().astimezone(UTC).date()
    catalog = declared_models(settings)
    priced = [each for each in catalog.deployments.values() if each.prices is not None]
    names = {each.model: each.name for each in priced} | {name: name for name in catalog.deployments}

    def price(model: str) -> Price | None:
        if model in catalog.aliases or model not in names:
            return prices.find(model, on=day)
        return prices.find_deployment(names[model], on=day)

    return price


def cost_function(settings: Settings) -> Callable[[str, Usage], Decimal | None]:
    """Return what tells the cost of tokens online, by the prices of the day on which it is made."""
    price_of = price_finder(settings)
    return lambda model, usage: cost_of(usage, price_of(model))


def price_list(settings: Settings) -> PriceTable:
    """Return the prices that are known, with those of the models file."""
    return price_table(free_models=built_in_names(settings), catalog=declared_models(settings))


def require_prices(recipe: Recipe, cost: Callable[[str, Usage], Decimal | None], *, default_model: str) -> None:
    """Raise `INVALID_INPUT` for a cost limit with a model whose price is not known, for it could not be kept."""
    if recipe.accept.max_cost is None:
        return
    names = {alias.model or default_model for alias in recipe.models.values()} or {default_model}
    unknown = sorted(name for name in names if cost(name, Usage(prompt_tokens=1)) is None)
    if unknown:
        told = ", ".join(unknown)
        raise invalid_input(
            f"accept.max_cost cannot be kept: no price is known of {told}. Declare it in the models file.",
            field="accept.max_cost",
        )

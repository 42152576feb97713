"""Estimates for tests."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.application.estimate_recipe import EstimateSources, estimate_recipe
from textnlp.domain.recipes.estimate.band import EstimateBand
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.usage.estimate import estimate_tokens
from textnlp.domain.usage.price import Price

PRICES = {
    name: Price(
        model=name,
        prompt=Decimal(prompt),
        cached_prompt=Decimal(prompt),
        completion=Decimal(completion),
        valid_from=date(2026, 1, 1),
    )
    for name, prompt, completion in (("small", 1, 2), ("large", 10, 20), ("vectors", "0.1", 0))
}

ROWS = [{"product": name} for name in ("chair", "lamp") for _ in range(20)]

bands = st.lists(st.floats(0, 1e9), min_size=3, max_size=3).map(
    lambda values: EstimateBand(low=min(values), expected=sorted(values)[1], high=max(values))
)


def count_tokens(text: str) -> int:
    """Count one token for four characters."""
    return estimate_tokens(len(text))


SOURCES = EstimateSources(
    count_tokens=count_tokens, price_of=PRICES.get, default_model="small", default_embedding_model="vectors"
)


def estimate_of(
    columns: dict[str, dict[str, Any]],
    *,
    rows: Sequence[Mapping[str, Any]] = ROWS,
    wanted: int | None = 100,
    sources: EstimateSources = SOURCES,
    **parts: Any,
) -> RecipeEstimate:
    """Return the estimate of a recipe with these columns."""
    recipe = recipe_of(columns, **parts)
    plan = plan_recipe(recipe, seed_fields=None)
    return estimate_recipe(recipe, plan, rows=rows, sources=sources, wanted=wanted)

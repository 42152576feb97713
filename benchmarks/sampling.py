"""How long does it take to draw 1,000,000 candidates of ten sampler columns, block by block, and in how much memory?"""

import resource
import sys
import time

from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.sampling.draws import BLOCK_ROWS, ColumnDraws

ROWS = 1_000_000
COLUMNS = {
    "product": {"kind": "category", "values": ["kettle", "toaster", "lamp"], "weights": [3, 2, 1]},
    "color": {
        "kind": "subcategory",
        "of": "product",
        "values": {"kettle": ["steel", "white"], "toaster": ["red"], "lamp": ["brass", "black"]},
    },
    "price": {"kind": "gaussian", "mean": 40, "deviation": 15, "low": 5, "high": 200, "decimals": 2},
    "stars": {"kind": "uniform", "low": 1, "high": 5, "decimals": 0},
    "words": {"kind": "poisson", "mean": 40},
    "is_verified": {"kind": "bernoulli", "probability": 0.8},
    "customer": {"kind": "zipf", "size": 10_000},
    "bought": {"kind": "datetime", "start": "2023-01-01T00:00:00", "end": "2026-01-01T00:00:00"},
    "reviewed": {"kind": "timedelta", "after": "bought", "low": 1, "high": 90},
    "order": {"kind": "uuid"},
}


def main() -> None:
    """Print seconds and peak memory."""
    began = time.perf_counter()
    recipe = Recipe.model_validate({"name": "reviews", "columns": COLUMNS})
    plan = plan_recipe(recipe)
    draws = ColumnDraws({name: recipe.columns[name] for name in plan.drawn}, seed=1)
    drawn = 0
    for first in range(0, ROWS, BLOCK_ROWS):
        drawn += len(draws.draw(first, min(BLOCK_ROWS, ROWS - first))["order"])
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{drawn:,} rows of {len(COLUMNS)} columns: {seconds:.1f} s, {peak:.0f} MB at most\n")


if __name__ == "__main__":
    main()

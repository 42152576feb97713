"""A recipe opened with a platform around it, for commands."""

import contextlib
import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from textnlp.application.work_slices import lanes_for
from textnlp.bootstrap.executors import batched_aliases
from textnlp.bootstrap.platform import Platform, PlatformOptions, default_model, open_platform
from textnlp.bootstrap.recipe_wiring import RecipeOptions, RecipeWiring, open_recipe
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.model_progress import ensure_model
from textnlp.domain.datasets.round_size import MOST_CANDIDATES_A_ROUND
from textnlp.domain.recipes.recipe import Recipe
from textnlp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeOrder:
    """What the command line asked for; `base` is the folder that the recipe's files are beside."""

    recipe: Recipe
    base: Path
    uses_cache: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecipe:
    """A platform and the recipe wired on it."""

    platform: Platform
    wiring: RecipeWiring

    def most_concurrent(self) -> int:
        """Return how many calls the recipe's busiest model takes at once."""
        names = {alias.model or self.platform.default_model for alias in self.wiring.resolved.recipe.models.values()}
        engines = [self.platform.engines.find(name) for name in names or {self.platform.default_model}]
        return max(engine.max_concurrency for engine in engines)

    def batched_models(self) -> frozenset[str]:
        """Return the models, by the names that answers carry, of which nothing is asked online."""
        recipe, default = self.wiring.resolved.recipe, self.platform.default_model
        batched = batched_aliases(self.wiring.executors)
        names = {alias.model or default for name, alias in recipe.models.items() if name in batched}
        online = {alias.model or default for name, alias in recipe.models.items() if name not in batched}
        batches = self.platform.provider_batches
        if batches is None:
            return frozenset()
        return frozenset(name for model in names - online for name in batches.names_of(model))

    def open_candidates(self) -> int:
        """Return how many candidates to have open: a round at once where a provider's batch gathers them."""
        if batched_aliases(self.wiring.executors):
            return MOST_CANDIDATES_A_ROUND
        return lanes_for(self.most_concurrent())


@contextlib.asynccontextmanager
async def open_recipe_run(
    settings: Settings, order: RecipeOrder, view: RunView, *, folder: Path | None, options: RecipeOptions
) -> AsyncGenerator[OpenRecipe]:
    """Start a platform for a recipe, fetching the embedded model first where it is asked and missing.

    Runs of different folders do not take one another's work.
    """
    names = {alias.model for alias in order.recipe.models.values()} or {None}
    for name in names:
        await ensure_model(settings, name or settings.model or default_model(settings), view)
    namespace = f"dataset-{folder_digest(folder or order.base)}"
    async with (
        open_platform(settings, PlatformOptions(namespace=namespace)) as platform,
        open_recipe(platform, order.recipe, base=order.base, options=options) as wiring,
    ):
        yield OpenRecipe(platform=platform, wiring=wiring)


def folder_digest(path: Path) -> str:
    """Return what tells a folder from others."""
    return hashlib.blake2b(str(path.resolve()).encode(), digest_size=8).hexdigest()

"""What a run of a recipe would take, before it is begun."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC

from textnlp.application.estimate_recipe import EstimateSources, estimate_recipe
from textnlp.application.preview_rows import CallFigures, draw_sample, preview_rows
from textnlp.bootstrap import SYSTEM_CLOCK
from textnlp.bootstrap.recipe_wiring import RecipeOptions, price_list
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.estimate_listing import print_estimate
from textnlp.cli.open_recipe_run import OpenRecipe, RecipeOrder, open_recipe_run
from textnlp.cli.progress import ProgressStyle
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.estimate.record import estimate_document
from textnlp.domain.recipes.estimate.refinement import refine
from textnlp.domain.usage.estimate import estimate_tokens
from textnlp.domain.usage.price import Price
from textnlp.settings import Settings
from textnlp.topology.models import EMBEDDED_EMBEDDINGS

_SAMPLE_ROWS = 20


async def estimate_run(
    settings: Settings, order: RecipeOrder, view: RunView, *, probe_rows: int | None
) -> RecipeEstimate:
    """Return what a run would take; with `probe_rows`, so many candidates are made first and measured.

    Without, nothing is asked of a model, but for a tree of topics that rows begin with.
    """
    figures = CallFigures()
    options = RecipeOptions(uses_cache=order.uses_cache, on_answer=figures.on_answer)
    async with open_recipe_run(settings, order, view, folder=None, options=options) as opened:
        wiring = opened.wiring
        recipe = wiring.resolved.recipe
        sample = await draw_sample(wiring.draws, recipe, count=probe_rows or _SAMPLE_ROWS)
        estimate = await asyncio.to_thread(
            estimate_recipe,
            recipe,
            wiring.plan,
            rows=[candidate.values for candidate in sample],
            sources=_sources(settings, opened),
        )
        if probe_rows is None:
            return estimate
        view.note(f"Making {probe_rows:,} candidates to measure.")
        records = await preview_rows(wiring.maker, sample, concurrency=2 * opened.most_concurrent())
        return refine(estimate, figures.probe(records))


def show_estimate(estimate: RecipeEstimate, style: ProgressStyle) -> None:
    """Print an estimate as a table, or as one JSON line."""
    if style is ProgressStyle.JSON:
        sys.stdout.write(json.dumps(estimate_document(estimate)) + "\n")
    else:
        print_estimate(estimate)


def _sources(settings: Settings, opened: OpenRecipe) -> EstimateSources:
    return EstimateSources(
        count_tokens=lambda text: estimate_tokens(len(text)),
        price_of=_price_finder(settings),
        default_model=opened.platform.default_model,
        default_embedding_model=EMBEDDED_EMBEDDINGS.name,
        concurrency=opened.most_concurrent(),
        has_topics=opened.wiring.tree is not None,
    )


def _price_finder(settings: Settings) -> Callable[[str], Price | None]:
    prices = price_list(settings)
    day = SYSTEM_CLOCK.now().astimezone(UTC).date()
    return lambda model: prices.find(model, on=day)

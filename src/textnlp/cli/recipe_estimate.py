"""What a run of a recipe would take, before it is begun."""

import asyncio
import json
import sys

from textnlp.application.estimate_recipe import estimate_recipe
from textnlp.application.preview_rows import CallFigures, draw_sample, preview_rows
from textnlp.bootstrap.model_prices import price_finder
from textnlp.bootstrap.recipe_wiring import RecipeOptions, estimate_sources
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.estimate_listing import print_estimate
from textnlp.cli.open_recipe_run import RecipeOrder, open_recipe_run
from textnlp.cli.progress import ProgressStyle
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.estimate.record import estimate_document
from textnlp.domain.recipes.estimate.refinement import refine
from textnlp.settings import Settings

_SAMPLE_ROWS = 20


async def estimate_run(
    settings: Settings, order: RecipeOrder, view: RunView, *, probe_rows: int | None
) -> RecipeEstimate:
    """Return what a run would take; with `probe_rows`, so many candidates are made first and measured.

    Without, nothing is asked of a model, but for a tree of topics that rows begin with.
    """
    figures = CallFigures()
    price_of = price_finder(settings)
    options = RecipeOptions(uses_cache=order.uses_cache, on_answer=figures.on_answer, price_of=price_of)
    async with open_recipe_run(settings, order, view, folder=None, options=options) as opened:
        wiring = opened.wiring
        recipe = wiring.resolved.recipe
        sample = await draw_sample(wiring.draws, recipe, count=probe_rows or _SAMPLE_ROWS)
        estimate = await asyncio.to_thread(
            estimate_recipe,
            recipe,
            wiring.plan,
            rows=[candidate.values for candidate in sample],
            sources=estimate_sources(opened.platform, options, has_topics=wiring.tree is not None),
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

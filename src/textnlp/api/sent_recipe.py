"""Recipes that somebody sends: looked at, estimated, and made."""

from collections.abc import Mapping
from typing import Any

from textnlp.api.caller import dataset_ports_of, owner_of
from textnlp.api.dependencies import services_of
from textnlp.api.schemas.dataset import DatasetCreate
from textnlp.api.schemas.recipe import RecipeCheckRead, RecipeFaultRead
from textnlp.application.submit_dataset import submit_dataset
from textnlp.bootstrap.dataset_runs import encode_recipe, estimate_strange_recipe, look_at_recipe
from textnlp.bootstrap.ready_recipes import known_seed_fields, read_sent_recipe
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.models import ModelAlias
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.recipes.recipe import DEFAULT_ALIAS, Recipe

_FAULTS = frozenset({ErrorKind.INVALID_INPUT, ErrorKind.NOT_FOUND, ErrorKind.TOO_LARGE})

Sent = Mapping[str, Any] | str
"""A recipe as an object, or as the text of its file."""


async def check_sent(scope: Any, sent: Sent) -> RecipeCheckRead:
    """Return the order of a recipe's columns, or the first thing that is wrong; no model is asked."""
    try:
        recipe = read_sent_recipe(sent)
        await look_at_recipe(services_of(scope).platform, recipe, owner_of(scope))
    except TextNLPError as error:
        if error.kind not in _FAULTS:
            raise
        facts = error.facts
        fault = RecipeFaultRead(message=error.full_text, field=facts.field, line=facts.line, column=facts.column)
        return RecipeCheckRead(is_valid=False, fault=fault, fingerprint=None, order=[])
    return RecipeCheckRead(is_valid=True, fault=None, fingerprint=recipe.fingerprint, order=_order(recipe))


async def estimate_sent(scope: Any, asked: DatasetCreate) -> RecipeEstimate:
    """Return what making the rows may take; no model is asked."""
    return await estimate_strange_recipe(services_of(scope).platform, asked_recipe(asked), owner_of(scope))


async def submit_sent(scope: Any, asked: DatasetCreate) -> StoredRun:
    """Look at a recipe, and store a run of it, whose rows are made in the background."""
    platform, owner = services_of(scope).platform, owner_of(scope)
    recipe = await look_at_recipe(platform, asked_recipe(asked), owner)
    return await submit_dataset(
        dataset_ports_of(scope),
        recipe,
        encoded=encode_recipe(recipe),
        model=asked.model or platform.default_model,
        endpoint=platform.endpoint,
        owner=owner,
    )


def asked_recipe(asked: DatasetCreate) -> Recipe:
    """Return the recipe with the number of rows and the model that were asked for beside it."""
    return _with_model(read_sent_recipe(asked.recipe).wanting(asked.rows), asked.model)


def _order(recipe: Recipe) -> list[list[str]]:
    plan = plan_recipe(recipe, seed_fields=known_seed_fields(recipe))
    order: list[list[str]] = [list(plan.drawn)] if plan.drawn else []
    for stage in plan.stages:
        order += [list(wave) for wave in stage.waves]
        if stage.step is not None:
            order.append([stage.step])
    return order


def _with_model(recipe: Recipe, model: str | None) -> Recipe:
    """Let aliases that name no model stand for one."""
    if model is None:
        return recipe
    aliases = recipe.models or {DEFAULT_ALIAS: ModelAlias()}
    named = {
        name: alias if alias.model is not None else alias.model_copy(update={"model": model})
        for name, alias in aliases.items()
    }
    return recipe.model_copy(update={"models": named})

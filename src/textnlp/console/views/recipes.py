"""Recipes: those that come with the package, and an editor that checks, estimates, previews and runs one."""

from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from textnlp.api.caller import dataset_ports_of, embeddings_of, engine_of, owner_of
from textnlp.api.dependencies import services_of
from textnlp.api.hang_up import while_connected
from textnlp.api.openapi import described
from textnlp.api.schemas.dataset import DatasetCreate
from textnlp.api.sent_recipe import asked_recipe, estimate_sent, submit_sent
from textnlp.api.text_fields import read_fields
from textnlp.api.time_limit import in_time
from textnlp.bootstrap.dataset_runs import Asking, preview_strange_recipe
from textnlp.bootstrap.ready_recipes import find_ready_recipe, ready_recipes
from textnlp.console.page import fragment, is_fragment_wanted, page, send_on
from textnlp.console.prompt_recipe import write_recipe
from textnlp.console.query import read_filters, read_texts
from textnlp.console.recipe_page import MOST_PREVIEWED, SECTION, check_facts, editor_page
from textnlp.console.recipe_reference import recipe_parts
from textnlp.domain.datasets.candidate import CandidateRecord
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import RunId
from textnlp.domain.usage.price import cost_of
from textnlp.topology.scopes import READ, WRITE

_RECIPES = "/console/recipes"
_EDIT = f"{_RECIPES}/edit"
_PREVIEWED = 3
_ROUTE = "dataset"
_STARTER = """\
# What the dataset is called.
name: slogans
columns:
  # Drawn from a list: the same for whoever runs the recipe with the same seed.
  product: {kind: category, values: [kettle, desk lamp, backpack]}
  # Written by a model; the prompt refers to other columns.
  slogan:
    kind: text
    prompt: Write a slogan for a {{ product }}.
checks:
  - {kind: length, column: slogan, min_words: 2, max_words: 40}
accept:
  rows: 20
"""


class Beginning(msgspec.Struct, kw_only=True):
    """What the editor begins with: a recipe of the package by its name, or the recipe of a run by its id."""

    ready: str | None = None
    run: str | None = None


class Order(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the form of the editor asks for; `preview` is how many candidates are made to be looked at."""

    recipe: str = ""
    rows: int | None = None
    model: str | None = None
    preview: int = _PREVIEWED

    def create(self) -> DatasetCreate:
        """Return it as the API takes it."""
        fields = {"recipe": self.recipe, "rows": self.rows, "model": self.model}
        try:
            return msgspec.convert(fields, DatasetCreate)
        except msgspec.ValidationError as exc:
            raise invalid_input(f"{exc}.", field="rows") from exc


@get(_RECIPES, opt=described(grant=READ))
async def list_recipes(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the recipes that come with the package."""
    return page(request, "recipes/list.html", section=SECTION, title="Recipes", recipes=ready_recipes())


@get(f"{_RECIPES}/reference", opt=described(grant=READ))
async def show_reference(request: Request[Any, Any, Any]) -> Response[str]:
    """Show what may stand in a recipe."""
    return page(request, "recipes/reference.html", section=SECTION, title="What a recipe holds", parts=recipe_parts())


@get(_EDIT, opt=described(grant=READ))
async def edit(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the editor with a small recipe, with one of the package, or with that of a run."""
    begun = read_filters(request, Beginning)
    if begun.run is not None:
        return await editor_page(request, await _recipe_of_run(request, RunId(begun.run)))
    if begun.ready is not None:
        return await editor_page(request, find_ready_recipe(begun.ready).path.read_text(encoding="utf-8"))
    return await editor_page(request, _STARTER)


@post(_EDIT, opt=described(grant=READ))
async def edit_further(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the editor with the recipe that was sent and what is wrong with it; for browsers without scripts."""
    fields = await read_texts(request)
    return await editor_page(request, fields.get("recipe", ""), filled=fields)


@post(f"{_RECIPES}/check", opt=described(grant=READ))
async def check(request: Request[Any, Any, Any]) -> Response[str]:
    """Show what is wrong with a recipe, or the order of its columns."""
    text = (await read_texts(request)).get("recipe", "")
    return fragment(request, "recipes/check.html", **await check_facts(request, text))


@post(f"{_RECIPES}/estimate", opt=described(grant=READ))
async def estimate(request: Request[Any, Any, Any]) -> Response[str]:
    """Show what tokens, money and time the rows may take; no model is asked."""
    fields = await read_texts(request)
    found = await estimate_sent(request.scope, read_fields(fields.items(), Order).create())
    if is_fragment_wanted(request):
        return fragment(request, "recipes/estimate.html", estimate=found)
    return await editor_page(request, fields.get("recipe", ""), filled=fields, estimate=found)


@post(f"{_RECIPES}/preview", opt=described(grant=WRITE, is_generating=True))
async def preview(request: Request[Any, Any, Any]) -> Response[str]:
    """Make a few candidates and show them; the models are asked, and the calls are charged."""
    fields = await read_texts(request)
    order = read_fields(fields.items(), Order)
    if not 1 <= order.preview <= MOST_PREVIEWED:
        raise invalid_input(f"A preview has 1 to {MOST_PREVIEWED} candidates.", field="preview")
    services, owner = services_of(request.scope), owner_of(request.scope)
    recipe = asked_recipe(order.create())
    asking = Asking(
        find_engine=lambda model: engine_of(request.scope, model, route=_ROUTE),
        find_embeddings=lambda model: embeddings_of(request.scope, model, route=_ROUTE),
    )
    making = preview_strange_recipe(services.platform, recipe, owner, count=order.preview, asking=asking)
    records = await while_connected(request, in_time(making, timeout_seconds=services.limits.request_timeout_seconds))
    facts = {
        "columns": [name for name, column in recipe.columns.items() if not getattr(column, "drop", False)],
        "rows": [row for record in records for row in record.rows],
        "empty": sum(not record.rows for record in records),
        "cost": _cost(request, records),
        "tokens": sum(use.charged_usage.total_tokens for record in records for use in record.uses),
    }
    if is_fragment_wanted(request):
        return fragment(request, "recipes/preview.html", preview=facts)
    return await editor_page(request, order.recipe, filled=fields, preview=facts)


@post(f"{_RECIPES}/run", opt=described(grant=WRITE))
async def run(request: Request[Any, Any, Any]) -> Response[Any]:
    """Begin to make the dataset, and go to its run."""
    order = read_fields((await read_texts(request)).items(), Order)
    stored = await submit_sent(request.scope, order.create())
    return send_on(request, f"/console/runs/{stored.id}")


async def _recipe_of_run(request: Request[Any, Any, Any], run_id: RunId) -> str:
    ports = dataset_ports_of(request.scope)
    stored = await ports.store.get(run_id)
    return write_recipe(msgspec.json.decode(await ports.batches.blobs.get(stored.recipe_path), type=dict[str, Any]))


def _cost(request: Request[Any, Any, Any], records: list[CandidateRecord]) -> Decimal | None:
    price_of = services_of(request.scope).platform.dataset_hold.price_of
    costs = [cost_of(use.charged_usage, price_of(use.model)) for record in records for use in record.uses]
    return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))


PAGES = (list_recipes, show_reference, edit, edit_further, check, estimate, preview, run)

"""The datasets that a platform makes: who draws, who makes, and who pays."""

import asyncio
import contextlib
import dataclasses
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import textnlp
from textnlp.application.batch_ports import EngineFinder
from textnlp.application.change_catalog import CatalogedDataset
from textnlp.application.dataset_ports import DatasetPorts, OpenRun
from textnlp.application.estimate_recipe import estimate_recipe
from textnlp.application.make_rows import RowMaker
from textnlp.application.preview_rows import draw_sample, preview_rows
from textnlp.application.sweep_datasets import sweep_datasets
from textnlp.bootstrap.catalog_wiring import catalog_ports
from textnlp.bootstrap.dataset_wiring import find_rows, read_recipe, read_version
from textnlp.bootstrap.model_prices import require_prices
from textnlp.bootstrap.platform import Platform
from textnlp.bootstrap.recipe_wiring import (
    RecipeOptions,
    RecipeWiring,
    encode_recipe,
    estimate_sources,
    open_maker,
    open_recipe,
    recipe_document,
    recipe_of,
)
from textnlp.domain.batches.model import Batch
from textnlp.domain.catalog.model import CatalogEntry
from textnlp.domain.datasets.candidate import CandidateRecord
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BatchId, RunId
from textnlp.domain.identity.tenant import Owner
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.seeds import SEED_COLUMNS, RowSeeds, TopicSeeds
from textnlp.domain.usage.account import Account
from textnlp.domain.usage.price import cost_of
from textnlp.ports.embedding_engine import EmbeddingEngine

__all__ = [
    "Asking",
    "CandidateMakers",
    "dataset_ports",
    "encode_recipe",
    "estimate_strange_recipe",
    "look_at_recipe",
    "preview_strange_recipe",
    "sweep_kept_datasets",
]

_ROUTE = "dataset"
_MOST_MAKERS = 64
_PREVIEWED_AT_ONCE = 8
_SAMPLED_ROWS = 20
_LIKELY_TOPIC = "Repairing small kitchen appliances"
_NOWHERE = Path("/nonexistent")
"""Beside this no file lies, so that a relative path in a stranger's recipe leads nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How models are asked, and who pays."""

    find_engine: EngineFinder
    find_embeddings: Callable[[str], EmbeddingEngine]


def dataset_ports(platform: Platform) -> DatasetPorts:
    """Wire the use cases around datasets."""
    hold = platform.dataset_hold
    return DatasetPorts(
        store=hold.store,
        batches=platform.batch_ports,
        files=hold.files,
        read_version=read_version,
        read_recipe=read_recipe,
        find_rows=find_rows,
        catalog=catalog_ports(hold.catalog),
        open_run=partial(_open_run, platform),
        root=hold.root,
        generator=f"textnlp {textnlp.__version__}",
    )


@contextlib.asynccontextmanager
async def open_strange_recipe(
    platform: Platform, recipe: Recipe, owner: Owner, *, options: RecipeOptions | None = None
) -> AsyncGenerator[RecipeWiring]:
    """Wire a recipe that somebody sent: confined to what its tenant may use, and charged to its owner.

    Raises what `open_recipe` raises, and `INVALID_INPUT` for a cost limit with a model whose price is not known.
    """
    require_prices(recipe, partial(_cost, platform), default_model=platform.default_model)
    for alias in recipe.models.values():
        platform.engines.find(alias.model or platform.default_model)
    options = options or _options(platform, owner, batch_id=None)
    async with open_recipe(platform, recipe, base=_NOWHERE, options=options) as wiring:
        yield wiring


async def look_at_recipe(platform: Platform, recipe: Recipe, owner: Owner) -> Recipe:
    """Return a recipe that somebody sent with the versions of its templates in it; no model is asked.

    Raises what `open_strange_recipe` raises, but for topics, which are grown when the rows are made.
    """
    async with open_strange_recipe(platform, _without_topics(recipe), owner) as wiring:
        return wiring.resolved.pinned.model_copy(update={"seeds": recipe.seeds})


async def estimate_strange_recipe(platform: Platform, recipe: Recipe, owner: Owner) -> RecipeEstimate:
    """Return what a recipe that somebody sent would take; no model is asked, not even for topics.

    Topics that rows would begin with are taken to be a few words long.
    """
    has_topics = isinstance(recipe.seeds, TopicSeeds)
    async with open_strange_recipe(platform, _without_topics(recipe), owner) as wiring:
        sample = await draw_sample(wiring.draws, wiring.resolved.recipe, count=_SAMPLED_ROWS)
        estimated = wiring.resolved.recipe.model_copy(update={"seeds": recipe.seeds})
        sources = estimate_sources(platform, _options(platform, owner, batch_id=None), has_topics=has_topics)
        rows = [candidate.values for candidate in sample]
        return await asyncio.to_thread(estimate_recipe, estimated, wiring.plan, rows=rows, sources=sources)


async def preview_strange_recipe(
    platform: Platform, recipe: Recipe, owner: Owner, *, count: int, asking: Asking
) -> list[CandidateRecord]:
    """Return the first candidates that a run of a recipe would make, of real calls; nothing is kept but answers.

    Topics that rows would begin with are taken to be one likely topic. Raises what `open_strange_recipe` raises, and
    what stops every row.
    """
    options = dataclasses.replace(
        _options(platform, owner, batch_id=None),
        find_engine=asking.find_engine,
        find_embeddings=asking.find_embeddings,
    )
    async with open_strange_recipe(platform, _without_topics(recipe), owner, options=options) as wiring:
        sample = await draw_sample(wiring.draws, wiring.resolved.recipe, count=count)
        return await preview_rows(wiring.maker, sample, concurrency=_PREVIEWED_AT_ONCE)


class CandidateMakers:
    """Has what makes the rows of a round's candidates, for the rounds that were worked on last."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._makers: OrderedDict[BatchId, tuple[contextlib.AsyncExitStack, RowMaker]] = OrderedDict()
        self._opening = asyncio.Lock()

    async def maker_of(self, batch: Batch) -> RowMaker:
        """Return what makes the rows of a batch's recipe, its calls charged to the batch's owner."""
        found = self._makers.get(batch.id)
        if found is None:
            async with self._opening:
                found = self._makers.get(batch.id) or await self._opened(batch)
                self._makers[batch.id] = found
        self._makers.move_to_end(batch.id)
        while len(self._makers) > _MOST_MAKERS:
            # Rows that are being made with it go on: closing waits for answers to be kept, and ends nothing.
            _, (stack, _) = self._makers.popitem(last=False)
            await stack.aclose()
        return found[1]

    async def aclose(self) -> None:
        """Close all."""
        while self._makers:
            _, (stack, _) = self._makers.popitem()
            await stack.aclose()

    async def _opened(self, batch: Batch) -> tuple[contextlib.AsyncExitStack, RowMaker]:
        if batch.spec.round is None:
            raise TextNLPError(f"{batch.id} is no round of a dataset.", kind=ErrorKind.INTERNAL)
        recipe = recipe_of(await self._platform.batch_ports.blobs.get(batch.spec.round.recipe_path))
        owner = Owner(tenant=batch.tenant, caller=batch.caller)
        options = _options(self._platform, owner, batch_id=batch.id)
        stack = contextlib.AsyncExitStack()
        return stack, await stack.enter_async_context(open_maker(self._platform, recipe, options=options))


async def sweep_kept_datasets(platform: Platform) -> int:
    """Delete the versions of datasets whose time is over; return how many. Raise what the sweep raises."""
    ports = dataset_ports(platform)

    async def find(entry: CatalogEntry) -> CatalogedDataset:
        return ports.cataloged(await ports.store.get(RunId(entry.dataset_id)))

    return await sweep_datasets(ports.catalog, find=find)


@contextlib.asynccontextmanager
async def _open_run(platform: Platform, stored: StoredRun) -> AsyncGenerator[OpenRun]:
    recipe = recipe_of(await platform.batch_ports.blobs.get(stored.recipe_path)).wanting(stored.rows)
    owner = Owner(tenant=stored.tenant, caller=stored.caller)
    async with open_strange_recipe(platform, recipe, owner) as wiring:
        yield OpenRun(
            run=DatasetRun(
                id=stored.id,
                recipe=wiring.resolved.recipe,
                recipe_path=stored.recipe_path,
                model=stored.model,
                endpoint=stored.endpoint,
                created_at=stored.created_at,
                owner=owner,
            ),
            draws=wiring.draws,
            document=dict(recipe_document(wiring.resolved.pinned)),
            cost_of=partial(_cost, platform),
            tree=wiring.tree,
        )


def _options(platform: Platform, owner: Owner, *, batch_id: BatchId | None) -> RecipeOptions:
    account = Account(tenant=owner.tenant, caller=owner.caller, route=_ROUTE, batch_id=batch_id)
    return RecipeOptions(
        find_engine=partial(platform.charged_engine, account=account),
        find_embeddings=partial(platform.charged_embeddings, account=account),
        tenant=owner.tenant,
        is_confined=True,
        uses_provider_batches=False,
        price_of=platform.dataset_hold.price_of,
    )


def _cost(platform: Platform, model: str, usage: Usage) -> Decimal | None:
    return cost_of(usage, platform.dataset_hold.price_of(model))


def _without_topics(recipe: Recipe) -> Recipe:
    """Return a recipe whose rows begin with a likely topic, where they would begin with one that is to be grown."""
    if not isinstance(recipe.seeds, TopicSeeds):
        return recipe
    row = dict.fromkeys(SEED_COLUMNS["topics"], _LIKELY_TOPIC)
    return recipe.model_copy(update={"seeds": RowSeeds.model_validate({"kind": "rows", "rows": [row]})})

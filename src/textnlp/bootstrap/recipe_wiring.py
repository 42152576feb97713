"""The wiring of recipes: what reads them, and what their cells stand on."""

import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from pydantic import ValidationError

from textnlp.adapters.documents.pick_list import read_pick_list
from textnlp.adapters.documents.recipe_document import known_seed_fields, require_written
from textnlp.application.answer_row import STOPPING_KINDS
from textnlp.application.batch_ports import EngineFinder
from textnlp.application.cached_engine import CachedEngine
from textnlp.application.cells.cell_maker import CellMaker
from textnlp.application.cells.cell_ports import CallListener, CallTimer, CellPorts, ColumnFunction
from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.estimate_recipe import EstimateSources, estimate_recipe
from textnlp.application.generate_structured import generate_structured
from textnlp.application.grow_topics import TopicCalls, TopicProgress, grow_topics
from textnlp.application.keep_calls import CallKeeper
from textnlp.application.make_rows import RowMaker
from textnlp.application.preview_rows import draw_sample
from textnlp.application.resolve_templates import ResolvedRecipe, resolve_templates
from textnlp.application.settled_waiters import nothing_to_settle
from textnlp.application.topic_source import TopicSource
from textnlp.bootstrap.asking import Asking
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.executors import batched_aliases, choose_executors
from textnlp.bootstrap.installed_functions import COLUMN_FUNCTIONS, find_installed
from textnlp.bootstrap.platform import Platform
from textnlp.domain.datasets.paths import seeds_prefix
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import Completion, GenerationRequest
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.plan import RecipePlan, plan_recipe
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.sampler_columns import PickColumn
from textnlp.domain.recipes.sampling.spread import draw_parameters
from textnlp.domain.recipes.seeds import BLOB_SCHEME, DocumentSeeds, RowSeeds, TopicSeeds
from textnlp.domain.topics.tree import TopicTree
from textnlp.domain.usage.estimate import estimate_tokens
from textnlp.domain.usage.executor_choice import ExecutorChoice
from textnlp.domain.usage.price import Price
from textnlp.domain.validation.operators import MakeOutside
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.embedding_engine import EmbeddingEngine
from textnlp.ports.seed_source import SeedOpener, SeedSource
from textnlp.topology.models import EMBEDDED_EMBEDDINGS

_SAMPLED_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeWiring:
    """A recipe that can be run.

    Attributes:
        resolved: the recipe and the stored templates in it.
        maker: makes the rows of its candidates.
        draws: draws what they begin with.
        tree: the topics that rows begin with, where they do.
        executors: for aliases that say something of it, whether they are asked online or through batches, and why.
    """

    resolved: ResolvedRecipe
    plan: RecipePlan
    maker: RowMaker
    draws: CandidateDraws
    tree: TopicTree | None = None
    executors: Mapping[str, ExecutorChoice] = field(default_factory=dict[str, ExecutorChoice])


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeOptions:
    """How a recipe is run.

    Attributes:
        uses_cache: answers that were given before are given again.
        keeps_messages: cells remember what was asked.
        on_answer: is told of every answer and how long it took.
        on_topics: is told how a tree of topics grows.
        price_of: the price of a model, for budgets; None where no price is known.
        find_engine: finds the engines that are asked, such as those that charge somebody; the platform's where None.
        find_embeddings: the same for what embeds.
        tenant: whose templates, answers and blobs it may use.
        is_confined: the recipe is a stranger's: it may name no file of this machine, and blobs of its tenant only.
        uses_provider_batches: models may be asked through their providers' batches.
    """

    uses_cache: bool = True
    keeps_messages: bool = False
    on_answer: CallListener | None = None
    on_topics: Callable[[TopicProgress], None] | None = None
    price_of: Callable[[str], Price | None] = lambda _: None
    find_engine: EngineFinder | None = None
    find_embeddings: Callable[[str], EmbeddingEngine] | None = None
    tenant: str = LOCAL_TENANT
    is_confined: bool = False
    uses_provider_batches: bool = True


@contextlib.asynccontextmanager
async def open_recipe(
    platform: Platform,
    recipe: Recipe,
    *,
    base: Path,
    options: RecipeOptions | None = None,
) -> AsyncGenerator[RecipeWiring]:
    """Wire a recipe whose files lie beside `base`; a tree of topics is grown first, where rows begin with one.

    Raises `INVALID_INPUT` and `NOT_FOUND` for whatever is wrong with it, before anything is asked.
    """
    async with contextlib.AsyncExitStack() as stack:
        options = options or RecipeOptions()
        resolved = await resolve_templates(recipe, platform.templates.for_tenant(options.tenant))
        find_engine = _engine_finder(stack, platform, options)
        tree = await _grown_tree(recipe, find_engine, platform, options)
        seeds = await _opened_seeds(stack, recipe, platform, base=base, tree=tree, options=options)
        fields = known_seed_fields(recipe) if seeds is None else frozenset(seeds.fields)
        plan = plan_recipe(resolved.recipe, seed_fields=fields)
        require_written(recipe, fields or ())
        lists = _pick_lists(recipe, base, options)
        draws = CandidateDraws(resolved.recipe, plan, lists=lists, seeds=seeds)
        executors = await _executors(platform, resolved.recipe, plan, draws, options)
        batched = batched_aliases(executors)
        ports = _cell_ports(platform, options, find_engine, base=base, lists=lists, batched=batched)
        yield RecipeWiring(
            resolved=resolved,
            plan=plan,
            maker=_row_maker(resolved, plan, ports),
            draws=draws,
            tree=tree,
            executors=executors,
        )


@contextlib.asynccontextmanager
async def open_maker(platform: Platform, recipe: Recipe, *, options: RecipeOptions) -> AsyncGenerator[RowMaker]:
    """Wire what makes rows of candidates that were drawn elsewhere."""
    async with contextlib.AsyncExitStack() as stack:
        resolved = await resolve_templates(recipe, platform.templates.for_tenant(options.tenant))
        plan = plan_recipe(resolved.recipe, seed_fields=known_seed_fields(recipe))
        ports = _cell_ports(platform, options, _engine_finder(stack, platform, options))
        yield _row_maker(resolved, plan, ports)


def _row_maker(resolved: ResolvedRecipe, plan: RecipePlan, ports: CellPorts) -> RowMaker:
    cells = CellMaker(resolved.recipe, ports, templates=resolved.templates)
    return RowMaker(resolved.recipe, plan, cells, stopping=STOPPING_KINDS, outside=ports.outside)


def _cell_ports(
    platform: Platform,
    options: RecipeOptions,
    find_engine: EngineFinder,
    *,
    base: Path | None = None,
    lists: Mapping[str, Sequence[str]] | None = None,
    batched: frozenset[str] = frozenset(),
) -> CellPorts:
    batches, on_answer = platform.provider_batches, options.on_answer
    find_embeddings = options.find_embeddings or platform.embeddings.find
    embeddings = SCRIPTED_MODEL if platform.default_model == SCRIPTED_MODEL else EMBEDDED_EMBEDDINGS.name
    return CellPorts(
        find_engine=find_engine,
        find_batch_engine=None if batches is None else batches.find,
        batched=batched,
        find_embeddings=lambda model: find_embeddings(model or embeddings),
        find_function=find_function,
        default_model=platform.default_model,
        lists=lists or {},
        keeps_messages=options.keeps_messages,
        outside=_outside(platform, options, base),
        time_calls=None if on_answer is None else CallTimer(clock=platform.clock, on_answer=on_answer),
    )


def _outside(platform: Platform, options: RecipeOptions, base: Path | None) -> MakeOutside | None:
    if platform.outside is None:
        return None
    return platform.outside.maker(Asking(is_confined=options.is_confined, base=base))


async def _opened_seeds(
    stack: contextlib.AsyncExitStack,
    recipe: Recipe,
    platform: Platform,
    *,
    base: Path,
    tree: TopicTree | None,
    options: RecipeOptions,
) -> SeedSource | None:
    if tree is not None:
        return TopicSource(tree)
    if not isinstance(recipe.seeds, RowSeeds | DocumentSeeds):
        return None
    if options.is_confined:
        _require_own_blob(recipe.seeds.path, options.tenant)
    opener = _seed_opener(platform.batch_ports.blobs, is_confined=options.is_confined)
    seeds = await opener.open(recipe.seeds, base=base)
    stack.push_async_callback(seeds.aclose)
    return seeds


def _require_own_blob(path: str | None, tenant: str) -> None:
    """Raise `INVALID_INPUT` for a blob that is not among the seeds of a tenant; files are refused when opened."""
    if path is None or not path.startswith(BLOB_SCHEME):
        return
    prefix = f"{BLOB_SCHEME}{seeds_prefix(tenant)}"
    if not path.startswith(prefix) or ".." in path.split("/"):
        raise invalid_input(f"Seeds of this tenant are under {prefix}.", field="seeds.path")


def _pick_lists(recipe: Recipe, base: Path, options: RecipeOptions) -> Mapping[str, Sequence[str]]:
    files = {
        name: column.file
        for name, column in recipe.columns.items()
        if isinstance(column, PickColumn) and column.file is not None
    }
    if options.is_confined:
        for name in files:
            field = f"columns.{name}.file"
            raise invalid_input(f"{field}: a server reads no files; write the values into the recipe.", field=field)
    return {name: read_pick_list(base / file, field=f"columns.{name}.file") for name, file in files.items()}


async def _executors(
    platform: Platform, recipe: Recipe, plan: RecipePlan, draws: CandidateDraws, options: RecipeOptions
) -> Mapping[str, ExecutorChoice]:
    sample = await draw_sample(draws, recipe, count=_SAMPLED_ROWS)

    def estimate() -> RecipeEstimate:
        rows = [each.values for each in sample]
        return estimate_recipe(recipe, plan, rows=rows, sources=estimate_sources(platform, options))

    batches = platform.provider_batches if options.uses_provider_batches else None
    return choose_executors(recipe, batches, default_model=platform.default_model, estimate=estimate)


def _engine_finder(stack: contextlib.AsyncExitStack, platform: Platform, options: RecipeOptions) -> EngineFinder:
    """Return what finds engines: those that answer again what they answered before, until the stack is closed."""
    find_asked = options.find_engine or platform.engines.find
    if not options.uses_cache:
        return find_asked
    keeper = CallKeeper(
        platform.call_cache.for_tenant(options.tenant),
        clock=platform.clock,
        settled=platform.doors.recorder.settled if platform.doors else nothing_to_settle,
    )
    cached: dict[str, CachedEngine] = {}

    def find(model: str) -> CachedEngine:
        found = cached.get(model)
        if found is None:
            found = cached[model] = CachedEngine(find_asked(model), keeper=keeper)
            stack.push_async_callback(found.aclose)
        return found

    return find


def find_function(name: str) -> ColumnFunction:
    """Return the function of a column that an installed package offers; raises as `find_installed` does."""
    return find_installed(name, group=COLUMN_FUNCTIONS).call


def estimate_sources(platform: Platform, options: RecipeOptions, *, has_topics: bool = False) -> EstimateSources:
    """Return what estimates of recipes on a platform are made with."""
    return EstimateSources(
        count_tokens=lambda text: estimate_tokens(len(text)),
        price_of=options.price_of,
        default_model=platform.default_model,
        default_embedding_model=EMBEDDED_EMBEDDINGS.name,
        concurrency=platform.engines.find(platform.default_model).max_concurrency,
        has_topics=has_topics,
    )


def encode_recipe(recipe: Recipe) -> bytes:
    """Return a recipe as JSON, from which `Recipe` reads the same one."""
    return msgspec.json.encode(recipe_document(recipe))


def recipe_of(data: bytes) -> Recipe:
    """Read what `encode_recipe` wrote; raises `INVALID_INPUT` for anything else."""
    try:
        return Recipe.model_validate_json(data)
    except ValidationError as exc:
        raise invalid_input(f"The stored recipe cannot be read: {exc.errors()[0]['msg']}.", field="recipe") from exc


def recipe_document(recipe: Recipe) -> Mapping[str, object]:
    """Return a recipe in JSON's own types."""
    return recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)


async def _grown_tree(
    recipe: Recipe, find_engine: EngineFinder, platform: Platform, options: RecipeOptions
) -> TopicTree | None:
    """Grow the tree of topics; what was answered before is not asked again, so that it is the same tree."""
    seeds = recipe.seeds
    if not isinstance(seeds, TopicSeeds):
        return None
    alias = recipe.alias(seeds.model)
    model = alias.model or platform.default_model
    engine = find_engine(model)
    calls = TopicCalls(
        model=model,
        seed=recipe.seed,
        parameters=dataclasses.replace(draw_parameters(alias, seed=recipe.seed, place="topics"), seed=None),
        timeout_seconds=alias.timeout_seconds,
        concurrency=platform.engines.find(model).max_concurrency,
    )

    async def ask(request: GenerationRequest) -> Completion:
        return await generate_structured(engine, request)

    if options.on_topics is None:
        return await grow_topics(seeds, ask=ask, calls=calls)
    return await grow_topics(seeds, ask=ask, calls=calls, on_progress=options.on_topics)


def _seed_opener(blobs: BlobStore, *, is_confined: bool) -> SeedOpener:
    from textnlp.adapters.seed_files.opener import SeedFileOpener  # noqa: PLC0415  readers of documents, for this alone

    return SeedFileOpener(blobs=blobs, is_confined=is_confined)

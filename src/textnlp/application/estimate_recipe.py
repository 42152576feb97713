"""Estimate what making a dataset would take, without asking a model."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textnlp.domain.recipes.estimate.asked_texts import AskedTexts
from textnlp.domain.recipes.estimate.band import EstimateBand, Size
from textnlp.domain.recipes.estimate.column_loads import ColumnLoads, PartLoad
from textnlp.domain.recipes.estimate.flow import KnownRows, most_candidates, pass_rate_of, row_flow, share_of
from textnlp.domain.recipes.estimate.lengths import CHARACTERS_A_TOKEN, completion_tokens
from textnlp.domain.recipes.estimate.made_values import made_text
from textnlp.domain.recipes.estimate.model import (
    BATCH_PRICE_SHARE,
    EMBEDDING_SECONDS,
    ColumnEstimate,
    RecipeEstimate,
    TokenPrices,
    online_seconds,
)
from textnlp.domain.recipes.estimate.notes import assumptions
from textnlp.domain.recipes.estimate.stand_ins import StandIns
from textnlp.domain.recipes.estimate.topic_load import made_leaf, topic_load
from textnlp.domain.recipes.plan import RecipePlan
from textnlp.domain.recipes.recipe import DEFAULT_ALIAS, AskedColumn, Recipe
from textnlp.domain.recipes.seeds import TopicSeeds
from textnlp.domain.templates.compiled import CompiledTemplate
from textnlp.domain.templates.template import PromptTemplate
from textnlp.domain.usage.price import Price

MOST_SAMPLED_ROWS = 50
"""Rows whose prompts are rendered; further ones are not looked at."""

SEEDS_KEY = "seeds:topics"
"""Stands for a column's name where the seeds ask a model; no column can be called so."""

_MEASURED_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateSources:
    """What an estimate is made with.

    Attributes:
        count_tokens: the tokens of a text, by the models' tokenizer or nearly so.
        price_of: the price of a model by its name, None where it is not known.
        default_model: the model of aliases that name none.
        default_embedding_model: the model of embed columns that name none.
        templates: the stored templates that columns ask, by `name@version`.
        concurrency: calls in flight at most, where the recipe does not say.
        has_topics: the tree of topics is there already, and need not be grown.
    """

    count_tokens: Callable[[str], int]
    price_of: Callable[[str], Price | None]
    default_model: str
    default_embedding_model: str
    templates: Mapping[str, CompiledTemplate] = field(default_factory=dict[str, CompiledTemplate])
    concurrency: int = 16
    has_topics: bool = False


def estimate_recipe(
    recipe: Recipe,
    plan: RecipePlan,
    *,
    rows: Sequence[Mapping[str, Any]],
    sources: EstimateSources,
    wanted: int | None = None,
) -> RecipeEstimate:
    """Return what `wanted` accepted rows may take, the recipe's own number where that is left out.

    `rows` hold the drawn values, and the seeds' fields, of some candidates; topics that are not grown yet may be left
    out. Their prompts are rendered with made-up values for whatever a model would have written, once small, once usual
    and once large; conditions and filters over drawn values alone are evaluated on them. Nothing else runs meanwhile,
    which takes a fraction of a second where prompts are short.

    Raises `INVALID_INPUT` for a prompt for topics that cannot be used.
    """
    compiled = functools.lru_cache(maxsize=None)(PromptTemplate)
    count = functools.lru_cache(maxsize=None)(sources.count_tokens)
    characters_a_token = _characters_a_token(count)
    lengths = completion_tokens(recipe, characters_a_token=characters_a_token)
    stand_ins = StandIns(recipe, plan, lengths=lengths, characters_a_token=characters_a_token, compiled=compiled)
    sample = list(rows[:MOST_SAMPLED_ROWS]) or [{}]
    made = made_leaf(recipe.seeds) if isinstance(recipe.seeds, TopicSeeds) else {}
    filled = {size: [stand_ins.fill({**made, **row}, size) for row in sample] for size in Size}
    known = KnownRows(sample, filled, compiled)
    target = recipe.accept.rows if wanted is None else wanted
    pass_rate = pass_rate_of(recipe)
    flow = row_flow(recipe, plan, rows=target, pass_rate=pass_rate, known=known)
    texts = AskedTexts(compiled, sources.templates)
    loads = ColumnLoads(recipe, texts, filled=filled, lengths=lengths, count_tokens=count)
    pricing = _Pricing(recipe, sources)
    waves = [list(_topics(recipe, sources, pricing, count))]
    for stage, passing in zip(plan.stages, flow.stages, strict=True):
        waves += [
            [each for name in wave for each in _asked(recipe, name, loads, pricing, passing, known)]
            for wave in stage.waves
        ]
    return RecipeEstimate(
        rows=target,
        pass_rate=pass_rate,
        candidates=flow.candidates,
        most_candidates=most_candidates(recipe, target),
        columns=tuple(each for wave in waves for each in wave),
        waves=tuple(tuple(each.key for each in wave) for wave in waves if wave),
        concurrency=recipe.concurrency or sources.concurrency,
        max_cost=recipe.accept.max_cost,
        max_seconds=recipe.accept.max_seconds,
        notes=(*assumptions(recipe, known, sampled=len(sample)), *loads.notes),
    )


class _Pricing:
    """Finds model, price and way of an alias."""

    def __init__(self, recipe: Recipe, sources: EstimateSources) -> None:
        self._recipe = recipe
        self._sources = sources

    def embedding_model(self, named: str | None) -> str:
        """Return the model of an embed column."""
        return named or self._sources.default_embedding_model

    def column(self, name: str, kind: str, load: PartLoad, calls: EstimateBand, model: str | None) -> ColumnEstimate:
        """Return the estimate of a column; `model` is given for embeddings, which have no alias."""
        alias = None if model else self._recipe.alias(load.alias)
        is_batch = alias is not None and alias.route.executor == "batch"
        asked = model or (alias and alias.model) or self._sources.default_model
        return ColumnEstimate(
            column=name,
            part=load.part,
            kind=kind,
            alias=None if model else load.alias or next(iter(self._recipe.models), DEFAULT_ALIAS),
            model=asked,
            calls=calls,
            calls_in_turn=load.calls_in_turn,
            call_prompt_tokens=load.call_prompt_tokens,
            call_completion_tokens=load.call_completion_tokens,
            call_seconds=EMBEDDING_SECONDS if model else online_seconds(load.call_completion_tokens),
            prices=_prices(self._sources.price_of(asked), share=BATCH_PRICE_SHARE if is_batch else 1.0),
            is_batch=is_batch,
        )


def _asked(
    recipe: Recipe, name: str, loads: ColumnLoads, pricing: _Pricing, passing: EstimateBand, known: KnownRows
) -> Iterator[ColumnEstimate]:
    column = recipe.columns[name]
    if not isinstance(column, AskedColumn):
        return
    asking = passing.times(share_of(column.when, known))
    model = pricing.embedding_model(column.model) if column.kind == "embed" else None
    for load in loads.of(name, column):
        yield pricing.column(name, column.kind, load, asking.times(load.calls), model)


def _topics(
    recipe: Recipe, sources: EstimateSources, pricing: _Pricing, count_tokens: Callable[[str], int]
) -> Iterator[ColumnEstimate]:
    if isinstance(recipe.seeds, TopicSeeds) and not sources.has_topics:
        load = topic_load(recipe.seeds, max_tokens=recipe.alias(recipe.seeds.model).max_tokens, count=count_tokens)
        yield pricing.column(SEEDS_KEY, "topics", load, load.calls, None)


def _prices(price: Price | None, *, share: float) -> TokenPrices | None:
    if price is None:
        return None
    return TokenPrices(prompt=float(price.prompt) * share, completion=float(price.completion) * share)


def _characters_a_token(count_tokens: Callable[[str], int]) -> float:
    tokens = count_tokens(made_text(_MEASURED_CHARACTERS))
    return _MEASURED_CHARACTERS / tokens if tokens > 0 else CHARACTERS_A_TOKEN

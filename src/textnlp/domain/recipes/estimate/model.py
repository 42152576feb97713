"""What making a dataset may take: calls, tokens, money and time."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from textnlp.domain.recipes.estimate.band import NOTHING, EstimateBand

_MILLION = 1_000_000
_FIRST_TOKEN_SECONDS = EstimateBand(low=0.3, expected=1.0, high=3.0)
_TOKEN_SECONDS = EstimateBand(low=1 / 200, expected=1 / 60, high=1 / 20)
BATCH_PRICE_SHARE = 0.5
"""What a provider's batch costs, as a share of online calls."""

BATCH_SECONDS = EstimateBand(low=600, expected=7_200, high=86_400)
"""How long a provider's batch takes."""

EMBEDDING_SECONDS = EstimateBand(low=0.02, expected=0.1, high=1.0)
"""How long a call for one embedding takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrices:
    """US dollars for a million tokens."""

    prompt: float
    completion: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEstimate:
    """What one column, one side of a conversation, or one judge of a panel asks of a model.

    Attributes:
        column: the column; `seeds:topics` for the growing of a tree of topics.
        part: `user` or `assistant` for a side of a conversation; the alias for a judge of a panel.
        alias: the recipe's name of the model; None for an embedding model.
        calls: calls for the whole dataset.
        calls_in_turn: calls for one row that wait for one another.
        call_prompt_tokens: tokens of one call's prompt.
        call_completion_tokens: tokens of one call's completion.
        call_seconds: from a call to its answer.
        prices: None where they are not known.
        is_batch: whether the calls go to the provider's batch.
    """

    column: str
    part: str | None = None
    kind: str
    alias: str | None
    model: str
    calls: EstimateBand
    calls_in_turn: EstimateBand
    call_prompt_tokens: EstimateBand
    call_completion_tokens: EstimateBand
    call_seconds: EstimateBand
    prices: TokenPrices | None
    is_batch: bool = False

    @property
    def key(self) -> str:
        """Column and part."""
        return f"{self.column}.{self.part}" if self.part else self.column

    @property
    def prompt_tokens(self) -> EstimateBand:
        """Prompt tokens of all calls."""
        return self.calls.times(self.call_prompt_tokens)

    @property
    def completion_tokens(self) -> EstimateBand:
        """Completion tokens of all calls."""
        return self.calls.times(self.call_completion_tokens)

    @property
    def cost(self) -> EstimateBand | None:
        """US dollars; None where the price is not known."""
        if self.prices is None:
            return None
        spent = self.prompt_tokens.times(self.prices.prompt).plus(self.completion_tokens.times(self.prices.completion))
        return spent.times(1 / _MILLION)

    @property
    def work_seconds(self) -> EstimateBand:
        """Seconds of all calls that are made online, one after another."""
        return NOTHING if self.is_batch else self.calls.times(self.call_seconds)

    @property
    def row_seconds(self) -> EstimateBand:
        """Seconds that one row waits for it at least; nothing where no row may ask."""
        waited = BATCH_SECONDS if self.is_batch else self.calls_in_turn.times(self.call_seconds)
        asks = EstimateBand(low=min(1, self.calls.low), expected=min(1, self.calls.expected), high=1)
        return waited.times(asks) if self.calls.high else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEstimate:
    """What all columns together ask of one model."""

    model: str
    calls: EstimateBand
    prompt_tokens: EstimateBand
    completion_tokens: EstimateBand
    cost: EstimateBand | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeEstimate:
    """What a dataset may take, as least, likely and most.

    Attributes:
        rows: accepted rows that are wanted.
        pass_rate: share of the rows that are accepted.
        candidates: candidates that are begun.
        most_candidates: the limit on them.
        columns: what each column asks, in the order of the plan.
        waves: the keys of columns that are asked at once, wave after wave.
        concurrency: calls in flight at most.
        max_cost: US dollars at which the run ends.
        max_seconds: running time at which it ends.
        notes: what was assumed, in sentences; `remarks` in `notes.py` has what follows from the figures besides.
        probe_rows: finished rows whose figures it stands on; 0 for an estimate beforehand.
    """

    rows: int
    pass_rate: EstimateBand
    candidates: EstimateBand
    most_candidates: int
    columns: tuple[ColumnEstimate, ...]
    waves: tuple[tuple[str, ...], ...]
    concurrency: int
    max_cost: float | None = None
    max_seconds: float | None = None
    notes: tuple[str, ...] = ()
    probe_rows: int = 0

    @property
    def calls(self) -> EstimateBand:
        """Calls of all columns."""
        return total(each.calls for each in self.columns)

    @property
    def prompt_tokens(self) -> EstimateBand:
        """Prompt tokens of all columns."""
        return total(each.prompt_tokens for each in self.columns)

    @property
    def completion_tokens(self) -> EstimateBand:
        """Completion tokens of all columns."""
        return total(each.completion_tokens for each in self.columns)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The models that are asked and whose prices are not known."""
        return tuple(dict.fromkeys(each.model for each in self.columns if each.prices is None and each.calls.high))

    @property
    def cost(self) -> EstimateBand | None:
        """US dollars for everything; None where a price is not known."""
        return None if self.unpriced else self.known_cost

    @property
    def known_cost(self) -> EstimateBand:
        """US dollars for what has a price."""
        return total(cost for each in self.columns if (cost := each.cost) is not None)

    @property
    def seconds(self) -> EstimateBand:
        """Running time: all calls shared out among those in flight, and no less than one row takes over all waves."""
        work = total(each.work_seconds for each in self.columns).times(1 / self.concurrency)
        by_key = {each.key: each.row_seconds for each in self.columns}
        waits = ([by_key[key] for key in wave if key in by_key] for wave in self.waves)
        return work.greatest(total(reduce(EstimateBand.greatest, wave, NOTHING) for wave in waits))

    @property
    def models(self) -> tuple[ModelEstimate, ...]:
        """The totals by model, in the order in which columns ask them."""
        names = dict.fromkeys(each.model for each in self.columns)
        return tuple(_of_model(name, [each for each in self.columns if each.model == name]) for name in names)


def total(bands: Iterable[EstimateBand]) -> EstimateBand:
    """Return the sum, case by case."""
    return reduce(EstimateBand.plus, bands, NOTHING)


def _of_model(model: str, columns: list[ColumnEstimate]) -> ModelEstimate:
    costs = [each.cost for each in columns]
    return ModelEstimate(
        model=model,
        calls=total(each.calls for each in columns),
        prompt_tokens=total(each.prompt_tokens for each in columns),
        completion_tokens=total(each.completion_tokens for each in columns),
        cost=None if None in costs else total(cost for cost in costs if cost is not None),
    )


def online_seconds(completion_tokens: EstimateBand) -> EstimateBand:
    """Return how long a call may take: a wait for the first token, then 200, 60 or 20 tokens a second."""
    return _FIRST_TOKEN_SECONDS.plus(completion_tokens.times(_TOKEN_SECONDS))

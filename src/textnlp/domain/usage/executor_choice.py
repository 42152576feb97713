"""Whether calls are made online or handed to the provider as a batch, and why."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.models import Route

PROVIDER_BATCH_PRICE_FACTOR = Decimal("0.5")
"""What a call costs in a provider's batch, of what it costs online."""

PROVIDER_BATCH_SECONDS = 24 * 3600.0
"""Within this a provider answers a batch, or lets it expire."""

_HOUR_SECONDS = 3600.0
_MINUTE_SECONDS = 60.0
_CENT = Decimal("0.01")


class Executor(StrEnum):
    """How calls reach a provider."""

    ONLINE = "online"
    BATCH = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorChoice:
    """How the calls of a model are made; `why` is a sentence for whoever started the run."""

    executor: Executor
    why: str


def price_factor(executor: Executor) -> Decimal:
    """Return what a call costs through an executor, of what it costs online."""
    return PROVIDER_BATCH_PRICE_FACTOR if executor is Executor.BATCH else Decimal(1)


def choose_executor(
    route: Route,
    *,
    rows: int,
    cost_online: Decimal | None,
    seconds_online: float,
    has_provider_batch: bool,
) -> ExecutorChoice:
    """Choose how the calls of one model are made.

    What the route names is taken. Else a batch is chosen where the deadline leaves it a day and either the deadline was
    given, so that nobody waits for the rows sooner, or calls online would go beyond the budget; where it does not,
    calls are made online whatever they cost. Raises `INVALID_INPUT` with the field `route.executor` where the route
    names a batch and the provider takes none.

    Args:
        route: what the recipe says of the model.
        rows: calls to be made.
        cost_online: USD that they would cost online; None where the price is not known.
        seconds_online: how long they would take online.
        has_provider_batch: whether the model's provider takes batches.
    """
    if route.executor == "batch" and not has_provider_batch:
        raise TextNLPError(
            "The recipe asks for the provider's batch, and the provider of this model takes none.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(
                hint="Write executor: online, or ask a model whose provider does.", field="route.executor"
            ),
        )
    if route.executor != "auto":
        return ExecutorChoice(executor=Executor(route.executor), why=f"The recipe says executor: {route.executor}.")
    if rows <= 0:
        return _online("No calls are to be made.")
    if not has_provider_batch:
        return _online(_with_misfits("The provider of this model takes no batches", route, cost_online, seconds_online))
    if route.deadline_seconds is not None and route.deadline_seconds < PROVIDER_BATCH_SECONDS:
        why = f"A batch may take {_span(PROVIDER_BATCH_SECONDS)}, and {_calls(rows)} must be answered within "
        why += _span(route.deadline_seconds)
        return _online(_with_misfits(why, route, cost_online, seconds_online))
    return _chosen_with_time(route, rows=rows, cost_online=cost_online)


def _chosen_with_time(route: Route, *, rows: int, cost_online: Decimal | None) -> ExecutorChoice:
    """Choose where a batch would be in time."""
    budget = _budget(route)
    if budget is not None and cost_online is None:
        return _batch("There is a budget and no known price, so the calls are made at half of it.")
    if budget is not None and cost_online is not None and cost_online > budget:
        batch_cost = cost_online * PROVIDER_BATCH_PRICE_FACTOR
        why = f"{_calls(rows)} would cost about {_dollars(cost_online)} online, and the budget is {_dollars(budget)}; "
        fit = "a batch costs about" if batch_cost <= budget else "even a batch costs about"
        return _batch(f"{why}{fit} {_dollars(batch_cost)}.")
    if route.deadline_seconds is not None:
        return _batch(
            f"There are {_span(route.deadline_seconds)} for {_calls(rows)}, and a batch ends within "
            f"{_span(PROVIDER_BATCH_SECONDS)} at half the price."
        )
    if budget is not None:
        return _online(f"{_calls(rows)} fit the budget of {_dollars(budget)} online, and are answered sooner.")
    return _online("Neither a deadline nor a budget is given, so the calls are answered as soon as they can be.")


def _with_misfits(why: str, route: Route, cost_online: Decimal | None, seconds_online: float) -> str:
    """Add what calls online do not keep to."""
    misfits: list[str] = []
    budget = _budget(route)
    if budget is not None and cost_online is not None and cost_online > budget:
        misfits.append(f"may cost {_dollars(cost_online)}, more than the budget of {_dollars(budget)}")
    if route.deadline_seconds is not None and seconds_online > route.deadline_seconds:
        misfits.append(f"may take {_span(seconds_online)}, longer than the deadline of {_span(route.deadline_seconds)}")
    return f"{why}; online they {', and '.join(misfits)}." if misfits else f"{why}."


def _budget(route: Route) -> Decimal | None:
    return None if route.budget is None else Decimal(str(route.budget))


def _online(why: str) -> ExecutorChoice:
    return ExecutorChoice(executor=Executor.ONLINE, why=why)


def _batch(why: str) -> ExecutorChoice:
    return ExecutorChoice(executor=Executor.BATCH, why=why)


def _calls(rows: int) -> str:
    return "1 call" if rows == 1 else f"{rows:,} calls"


def _dollars(cost: Decimal) -> str:
    return f"${cost:,.2f}" if cost >= _CENT or not cost else f"${cost.normalize():f}"


def _span(seconds: float) -> str:
    if seconds >= _HOUR_SECONDS:
        return f"{seconds / _HOUR_SECONDS:.3g} h"
    if seconds >= _MINUTE_SECONDS:
        return f"{seconds / _MINUTE_SECONDS:.3g} min"
    return f"{seconds:.3g} s"

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator
from datetime import date
from decimal import Decimal

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.application.metered_engine import MeteredEngine
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
    Usage,
)
from textnlp.domain.identifiers import BatchId, BudgetId
from textnlp.domain.usage.account import Account
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetScope, BudgetUnit
from textnlp.domain.usage.price import Price, PriceTable
from textnlp.domain.usage.totals import Grouping, UsageTotal
from textnlp.ports.text_engine import TextEngine

_ACCOUNT = Account(tenant="acme", caller="ann", route="generate", batch_id=BatchId("batch_1"))
_PRICE = Price(
    model="m", prompt=Decimal(1), cached_prompt=Decimal(1), completion=Decimal(10), valid_from=date(2026, 1, 1)
)
_REQUEST = GenerationRequest(model="m", messages=(Message(Role.USER, "x" * 40),), parameters=Parameters(max_tokens=100))
_ESTIMATE = Decimal("0.00101")
_USAGE = Usage(prompt_tokens=11, completion_tokens=7)
_ANSWER = Completion(text="one two three", model="m-2026-01-05", finish_reason=FinishReason.STOP, usage=_USAGE)


class PiecesEngine(ScriptedEngine):
    """Streams four characters a piece and tells no usage; may fail or hang after some pieces."""

    def __init__(
        self, clock: ManualClock, *, pieces: int, error: TextNLPError | None = None, hangs: bool = False
    ) -> None:
        super().__init__(clock=clock)
        self.pieces, self.error, self.hangs = pieces, error, hangs
        self.is_stream_closed = False

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        self.last_request = request
        try:
            for _ in range(self.pieces):
                yield CompletionChunk(text="abcd", model="m")
            if self.error is not None:
                raise self.error
            if self.hangs:
                await asyncio.get_running_loop().create_future()
            yield CompletionChunk(finish_reason=FinishReason.STOP)
        finally:
            self.is_stream_closed = True


class Meter:
    """An engine behind a meter, and what the ledger says afterwards."""

    def __init__(self, engine: TextEngine, clock: ManualClock) -> None:
        self.clock = clock
        self.ledger = MemoryUsageLedger()
        self.recorder = UsageRecorder(self.ledger, clock=clock)
        self.engine = MeteredEngine(
            engine, account=_ACCOUNT, recorder=self.recorder, prices=PriceTable([_PRICE]), clock=clock
        )

    async def set_budget(self, limit: str, unit: BudgetUnit = BudgetUnit.USD) -> None:
        budget = Budget(
            id=BudgetId("budget_1"),
            tenant="acme",
            scope=BudgetScope.TENANT,
            value="acme",
            period=BudgetPeriod.DAILY,
            unit=unit,
            limit=Decimal(limit),
        )
        await self.ledger.set_budget(budget, now=self.clock.now())

    async def reserved(self) -> Decimal:
        (one,) = await self.ledger.standing("acme", now=self.clock.now())
        return one.reserved

    async def total(self) -> UsageTotal:
        """Return what all calls used; nothing may be left reserved."""
        await self.recorder.aclose()
        now = self.clock.now()
        await self.set_budget("1000", BudgetUnit.TOKENS)
        assert await self.reserved() == 0
        since = now.replace(hour=0)
        (total,) = await self.ledger.totals("acme", group_by=Grouping.BATCH, since=since, until=now.replace(hour=23))
        assert total.key == "batch_1"
        return total


async def _take(engine: TextEngine, *, pieces: int = 1_000) -> str:
    text = ""
    async with contextlib.aclosing(engine.stream(_REQUEST)) as chunks:
        async for chunk in chunks:
            text += chunk.text
            pieces -= 1
            if not pieces:
                break
    return text


async def test_a_call_is_reserved_by_its_estimate_and_settled_by_what_the_engine_reports() -> None:
    clock = ManualClock()
    meter = Meter(ScriptedEngine(clock=clock, script=[_ANSWER], latency_seconds=5), clock)
    await meter.set_budget("1")
    calling = asyncio.create_task(meter.engine.generate(_REQUEST))
    await clock.advance(1)
    assert await meter.reserved() == _ESTIMATE
    await clock.advance(5)
    assert await calling == _ANSWER
    total = await meter.total()
    assert (total.calls, total.failed, total.cancelled, total.usage) == (1, 0, 0, _USAGE)
    assert total.cost == Decimal("0.000081")


async def test_a_call_beyond_a_budget_never_reaches_the_engine() -> None:
    clock = ManualClock()
    engine = ScriptedEngine(clock=clock)
    meter = Meter(engine, clock)
    await meter.set_budget("0.001")
    for call in (meter.engine.generate(_REQUEST), _take(meter.engine)):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert (caught.value.kind, caught.value.facts.limit_name) == (ErrorKind.LIMIT_REACHED, "budget_1")
    assert engine.calls == 0
    assert await meter.reserved() == 0


async def test_a_call_that_fails_uses_nothing() -> None:
    clock = ManualClock()
    meter = Meter(ScriptedEngine(clock=clock, script=[TextNLPError("No.", kind=ErrorKind.BAD_RESPONSE)]), clock)
    with pytest.raises(TextNLPError, match="No"):
        await meter.engine.generate(_REQUEST)
    total = await meter.total()
    assert (total.calls, total.failed, total.usage, total.cost) == (1, 1, Usage(), 0)


async def test_a_call_whose_caller_leaves_is_settled_as_cancelled() -> None:
    clock = ManualClock()
    meter = Meter(ScriptedEngine(clock=clock, latency_seconds=5), clock)
    calling = asyncio.create_task(meter.engine.generate(_REQUEST))
    await clock.advance(1)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)
    total = await meter.total()
    assert (total.calls, total.cancelled, total.usage) == (1, 1, Usage())


async def test_an_answer_whose_usage_is_not_reported_is_counted_by_its_characters() -> None:
    clock = ManualClock()
    answer = dataclasses.replace(_ANSWER, usage=Usage())
    meter = Meter(ScriptedEngine(clock=clock, script=[answer]), clock)
    await meter.engine.generate(_REQUEST)
    assert (await meter.total()).usage == Usage(prompt_tokens=10, completion_tokens=4)


async def test_a_model_without_a_price_is_counted_without_a_cost() -> None:
    clock = ManualClock()
    meter = Meter(ScriptedEngine(clock=clock), clock)
    await meter.engine.generate(dataclasses.replace(_REQUEST, model="unheard-of"))
    total = await meter.total()
    assert (total.unpriced, total.cost) == (1, 0)
    assert total.usage.total_tokens > 0


async def test_a_stream_is_settled_by_what_its_last_piece_reports() -> None:
    clock = ManualClock()
    meter = Meter(ScriptedEngine(clock=clock, script=[_ANSWER]), clock)
    assert await _take(meter.engine) == _ANSWER.text
    total = await meter.total()
    assert (total.calls, total.cancelled, total.usage) == (1, 0, _USAGE)


async def test_a_stream_that_reports_nothing_is_counted_by_its_characters() -> None:
    clock = ManualClock()
    meter = Meter(PiecesEngine(clock, pieces=3), clock)
    assert await _take(meter.engine) == "abcd" * 3
    total = await meter.total()
    assert (total.calls, total.cancelled, total.failed) == (1, 0, 0)
    assert total.usage == Usage(prompt_tokens=10, completion_tokens=3)
    assert total.cost == Decimal("0.00004")


async def test_a_stream_that_is_not_taken_to_its_end_counts_what_was_streamed() -> None:
    clock = ManualClock()
    engine = PiecesEngine(clock, pieces=5)
    meter = Meter(engine, clock)
    await _take(meter.engine, pieces=2)
    assert engine.is_stream_closed
    total = await meter.total()
    assert (total.calls, total.cancelled, total.failed) == (1, 1, 0)
    assert total.usage == Usage(prompt_tokens=10, completion_tokens=2)


async def test_a_stream_whose_caller_hung_up_counts_what_was_streamed() -> None:
    clock = ManualClock()
    meter = Meter(PiecesEngine(clock, pieces=4, hangs=True), clock)
    taking = asyncio.create_task(_take(meter.engine))
    await clock.advance(1)
    assert not taking.done()
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    total = await meter.total()
    assert (total.cancelled, total.usage.completion_tokens) == (1, 4)


async def test_a_stream_that_breaks_off_counts_what_was_streamed() -> None:
    clock = ManualClock()
    meter = Meter(PiecesEngine(clock, pieces=4, error=TextNLPError("Cut.", kind=ErrorKind.UNAVAILABLE)), clock)
    with pytest.raises(TextNLPError, match="Cut"):
        await _take(meter.engine)
    total = await meter.total()
    assert (total.failed, total.usage.completion_tokens) == (1, 4)


async def test_a_stream_that_fails_before_its_first_piece_uses_nothing() -> None:
    clock = ManualClock()
    meter = Meter(PiecesEngine(clock, pieces=0, error=TextNLPError("Cut.", kind=ErrorKind.UNAVAILABLE)), clock)
    with pytest.raises(TextNLPError, match="Cut"):
        await _take(meter.engine)
    total = await meter.total()
    assert (total.failed, total.usage) == (1, Usage())


async def test_a_caller_that_stops_at_the_finish_reason_has_taken_the_whole_stream() -> None:
    clock = ManualClock()
    meter = Meter(PiecesEngine(clock, pieces=2), clock)
    await _take(meter.engine, pieces=3)
    total = await meter.total()
    assert (total.calls, total.cancelled) == (1, 0)


async def test_a_meter_shows_the_engine_behind_it_and_leaves_it_open() -> None:
    clock = ManualClock()
    behind = ScriptedEngine(clock=clock, name="deployment")
    engine = Meter(behind, clock).engine
    assert (engine.name, engine.capabilities) == ("deployment", behind.capabilities)
    await engine.aclose()
    await engine.check()

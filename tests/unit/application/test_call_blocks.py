import asyncio
import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.contract.usage_ledger_cases import NOON, TENANT, budget, reserved, settled
from tests.doubles.clock import ManualClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.application.call_blocks import LIFE_SECONDS, CallBlocks
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.usage.entry import Reservation


class _Blocks:
    """Blocks over a store that takes or refuses them."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.reserved: list[Reservation] = []
        self.released: list[Reservation] = []
        self.has_room = True
        self.blocks = CallBlocks(reserve=self._reserve, release=self.released.append, clock=self.clock)

    async def _reserve(self, block: Reservation) -> bool:
        self.reserved.append(block)
        return self.has_room

    async def calls(self, count: int, *, every_seconds: float = 0.01) -> list[str | None]:
        """Make calls one after the other, and return the blocks that they were drawn from."""
        drawn: list[str | None] = []
        for _ in range(count):
            drawn.append(self.blocks.draw(reserved()))
            await self.clock.advance(every_seconds)
        return drawn


@pytest.fixture
def store() -> _Blocks:
    return _Blocks()


async def test_whoever_calls_often_is_drawn_from_a_block_of_about_a_quarter_of_a_second(store: _Blocks) -> None:
    drawn = await store.calls(60)
    first = store.reserved[0]
    assert drawn[:20] == [None] * 20
    assert None not in drawn[30:]
    assert 23 <= first.calls <= 27
    assert (first.estimated_tokens, first.estimated_cost) == (100 * first.calls, first.calls)
    assert drawn.count(first.id) == first.calls


async def test_whoever_calls_now_and_then_is_reserved_call_by_call(store: _Blocks) -> None:
    assert set(await store.calls(40, every_seconds=0.2)) == {None}
    assert store.reserved == []


async def test_the_next_block_is_reserved_before_one_runs_out(store: _Blocks) -> None:
    drawn = await store.calls(200)
    assert None not in drawn[30:]
    assert len(store.reserved) < 12


async def test_a_block_is_given_back_once_its_last_call_has_ended(store: _Blocks) -> None:
    drawn = await store.calls(100)
    first = store.reserved[0]
    assert store.released == []
    for _ in range(drawn.count(first.id)):
        store.blocks.end(first.id)
    assert store.released == [first]


async def test_what_is_not_drawn_is_given_back_when_the_caller_goes_quiet(store: _Blocks) -> None:
    for block_id in await store.calls(40):
        if block_id is not None:
            store.blocks.end(store.reserved[0].id)
    assert store.released == []
    await store.clock.advance(2 * LIFE_SECONDS)
    assert [block.id for block in store.released] == [block.id for block in store.reserved]


async def test_a_block_that_does_not_fit_is_asked_for_again_no_sooner_than_a_quarter_of_a_second_later(
    store: _Blocks,
) -> None:
    store.has_room = False
    assert set(await store.calls(100)) == {None}
    assert len(store.reserved) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"tenant": "other"},
        {"caller": "bob"},
        {"model": "m-2"},
        {"route": "chat"},
        {"estimated_tokens": 1_000_000},
        {"estimated_cost": Decimal(1_000)},
        {"estimated_cost": None},
        {"created_at": NOON + timedelta(hours=12)},
        {"expires_at": NOON + timedelta(hours=1)},
    ],
)
async def test_calls_that_do_not_fit_a_block_are_not_drawn_from_it(store: _Blocks, changed: dict[str, object]) -> None:
    await store.calls(40)
    assert store.blocks.draw(reserved()) == store.reserved[0].id
    assert store.blocks.draw(dataclasses.replace(reserved(), **changed)) is None


async def test_closing_gives_back_every_block(store: _Blocks) -> None:
    await store.calls(40)
    await store.blocks.aclose()
    assert store.released == store.reserved


async def test_a_budget_is_spent_to_its_end_although_blocks_were_reserved() -> None:
    clock, ledger = ManualClock(), MemoryUsageLedger()
    await ledger.set_budget(budget("400"), now=NOON)
    recorder = UsageRecorder(ledger, clock=clock)
    let_through = 0
    for _ in range(500):
        call = reserved()
        asking = asyncio.ensure_future(recorder.reserve(call))
        await clock.advance(0.005)
        if asking.exception() is None:
            let_through += 1
            recorder.settle(dataclasses.replace(settled(call, "1"), drawn_from=asking.result()))
    assert let_through == 400
    await recorder.aclose()
    (standing,) = await ledger.standing(TENANT, now=NOON)
    assert (standing.spent, standing.reserved) == (400, 0)

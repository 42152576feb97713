"""Blocks of calls that are reserved ahead, so that a busy caller's calls need not wait for the ledger one by one."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NamedTuple

from textnlp.domain.identifiers import BatchId, UsageId, new_usage_id
from textnlp.domain.usage.entry import Reservation
from textnlp.ports.clock import Clock

LIFE_SECONDS = 2.0
"""How long calls are drawn from a block, and how long it is remembered that somebody calls often."""

_AHEAD_SECONDS = 0.25
_FEWEST_CALLS = 4
_MOST_CALLS = 512


class CallBlocks:
    """Draws calls from blocks that it has reserved for those who call often.

    A block holds about as many calls as a quarter of a second has lately brought of one account, model and route. It
    is reserved beside the calls and never waited for: whoever finds none, or not enough in it, reserves for itself.
    What is not drawn within two seconds is given back.

    Works within one event loop; its tasks run only while somebody calls.

    Args:
        reserve: sets a block aside and says whether that was possible; must not raise.
        release: gives back what is left of a block; none of its calls is under way.
    """

    def __init__(
        self,
        *,
        reserve: Callable[[Reservation], Awaitable[bool]],
        release: Callable[[Reservation], None],
        clock: Clock,
    ) -> None:
        self._reserve = reserve
        self._release = release
        self._clock = clock
        self._demands: dict[_Kind, _Demand] = {}
        self._drawn_from: dict[UsageId, _Block] = {}
        self._reserving: set[asyncio.Task[None]] = set()
        self._sweeping: asyncio.Task[None] | None = None

    def draw(self, call: Reservation) -> UsageId | None:
        """Return the block that `call` is a part of, or None where it has to be reserved by itself."""
        kind = _Kind(call.tenant, call.caller, call.batch_id, call.model, call.route)
        now = self._clock.monotonic()
        demand = self._demands.get(kind)
        if demand is None:
            demand = self._demands[kind] = _Demand(now)
            self._ensure_sweeping()
        size = demand.count(now)
        drawn = self._drawn(demand, call)
        if size >= _FEWEST_CALLS and not demand.is_reserving and (len(demand.blocks) == 0 or demand.is_low):
            demand.is_reserving = True
            task = asyncio.ensure_future(self._reserve_ahead(demand, call, size=size))
            self._reserving.add(task)
            task.add_done_callback(self._reserving.discard)
        return drawn

    def end(self, block_id: UsageId) -> None:
        """Take note that a call that was drawn from a block is handed over to be settled."""
        block = self._drawn_from.get(block_id)
        if block is not None:
            block.calls_under_way -= 1
            self._release_finished(block)

    async def aclose(self) -> None:
        """Give back all blocks, also those with calls under way: what these use counts all the same."""
        tasks = [*self._reserving, *([self._sweeping] if self._sweeping else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._demands.clear()
        for block in self._drawn_from.values():
            self._release(block.reservation)
        self._drawn_from.clear()

    def _drawn(self, demand: "_Demand", call: Reservation) -> UsageId | None:
        while demand.blocks:
            if demand.blocks[0].draw(call):
                return demand.blocks[0].reservation.id
            self._retire(demand.blocks.pop(0))
        return None

    async def _reserve_ahead(self, demand: "_Demand", call: Reservation, *, size: int) -> None:
        reservation = dataclasses.replace(
            call,
            id=new_usage_id(call.created_at),
            estimated_tokens=call.estimated_tokens * size,
            estimated_cost=None if call.estimated_cost is None else call.estimated_cost * size,
            expires_at=call.expires_at + timedelta(seconds=LIFE_SECONDS),
            calls=size,
        )
        try:
            if await self._reserve(reservation):
                block = self._drawn_from[reservation.id] = _Block(reservation)
                demand.blocks.append(block)
            else:
                demand.begin_anew(self._clock.monotonic())
        finally:
            demand.is_reserving = False

    def _ensure_sweeping(self) -> None:
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.ensure_future(self._sweep())

    async def _sweep(self) -> None:
        """Give back the blocks of those who have gone quiet."""
        while self._demands:
            await self._clock.sleep(LIFE_SECONDS / 2)
            now = self._clock.monotonic()
            for kind, demand in list(self._demands.items()):
                if now - demand.asked_at >= LIFE_SECONDS and not demand.is_reserving:
                    del self._demands[kind]
                    for block in demand.blocks:
                        self._retire(block)

    def _retire(self, block: "_Block") -> None:
        block.is_retired = True
        self._release_finished(block)

    def _release_finished(self, block: "_Block") -> None:
        if block.is_retired and not block.calls_under_way:
            del self._drawn_from[block.reservation.id]
            self._release(block.reservation)


class _Kind(NamedTuple):
    """What calls have in common that are drawn from the same blocks."""

    tenant: str
    caller: str
    batch_id: BatchId | None
    model: str
    route: str


class _Block:
    """A reservation for several calls, and what of it can be drawn still."""

    __slots__ = ("_cost_left", "_tokens_left", "calls_under_way", "is_retired", "reservation")

    def __init__(self, reservation: Reservation) -> None:
        self.reservation = reservation
        self.calls_under_way = 0
        self.is_retired = False
        self._tokens_left = reservation.estimated_tokens
        self._cost_left = reservation.estimated_cost

    @property
    def is_low(self) -> bool:
        """Whether less than half is left."""
        return 2 * self._tokens_left < self.reservation.estimated_tokens

    def draw(self, call: Reservation) -> bool:
        """Take a call's part; return False where it does not fit, would outlive the block or is of another day."""
        block, cost = self.reservation, call.estimated_cost
        if call.estimated_tokens > self._tokens_left or call.expires_at > block.expires_at:
            return False
        if (cost is None) != (self._cost_left is None) or call.created_at.date() != block.created_at.date():
            return False
        if cost is not None and self._cost_left is not None:
            if cost > self._cost_left:
                return False
            self._cost_left -= cost
        self._tokens_left -= call.estimated_tokens
        self.calls_under_way += 1
        return True


class _Demand:
    """How often calls of one kind come, and the blocks that the next ones are drawn from, oldest first."""

    __slots__ = ("_calls", "_counted_since", "_size", "asked_at", "blocks", "is_reserving")

    def __init__(self, now: float) -> None:
        self.blocks: list[_Block] = []
        self.is_reserving = False
        self.asked_at = now
        self._calls = 0
        self._counted_since = now
        self._size = 0

    @property
    def is_low(self) -> bool:
        """Whether the blocks run out soon."""
        return len(self.blocks) == 1 and self.blocks[0].is_low

    def count(self, now: float) -> int:
        """Count a call, and return how many a block should hold."""
        self._calls += 1
        self.asked_at = now
        elapsed = now - self._counted_since
        if elapsed >= _AHEAD_SECONDS:
            size = min(_MOST_CALLS, int(self._calls * _AHEAD_SECONDS / elapsed))
            self.begin_anew(now)
            self._size = size
        return self._size

    def begin_anew(self, now: float) -> None:
        """Forget what was counted, so that the next block is asked for no sooner than in a quarter of a second."""
        self._size = self._calls = 0
        self._counted_since = now

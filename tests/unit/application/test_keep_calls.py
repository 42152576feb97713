import asyncio
from collections.abc import Sequence

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import CLOCK
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.application.keep_calls import CallKeeper
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason

ANSWER = Completion(text="Yes.", model="m", finish_reason=FinishReason.STOP)
KEYS = [bytes([number]) * 16 for number in range(5)]


class CountingCache(MemoryCallCache):
    """Remembers the size of each query; may be away for some of them, or answer none."""

    def __init__(self, *, away_times: int = 0, hangs: bool = False, kind: ErrorKind = ErrorKind.UNAVAILABLE) -> None:
        super().__init__(clock=CLOCK, tenant="mine")
        self.away_times, self.hangs, self.kind = away_times, hangs, kind
        self.asked: list[int] = []

    async def find(self, keys: Sequence[bytes]) -> dict[bytes, Completion]:
        await self._be_asked(len(keys))
        return await super().find(keys)

    async def keep(self, entries: Sequence[tuple[bytes, Completion]]) -> None:
        await self._be_asked(len(entries))
        await super().keep(entries)

    async def _be_asked(self, count: int) -> None:
        self.asked.append(count)
        await asyncio.sleep(0)
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        if self.away_times:
            self.away_times -= 1
            raise TextNLPError("The database is away.", kind=self.kind)


async def find_error(keeper: CallKeeper) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await keeper.find(KEYS[0])
    return caught.value


async def test_calls_of_one_moment_share_a_query_and_a_transaction() -> None:
    cache = CountingCache()
    keeper = CallKeeper(cache, clock=CLOCK)
    await asyncio.gather(*(keeper.keep(key, ANSWER) for key in KEYS[:4]))
    assert await asyncio.gather(*(keeper.find(key) for key in KEYS)) == [ANSWER] * 4 + [None]
    assert cache.asked == [4, 5]


async def test_keeping_is_tried_again_while_the_cache_is_away_for_a_moment() -> None:
    cache = CountingCache(away_times=2)
    keeper = CallKeeper(cache, clock=CLOCK)
    await keeper.keep(KEYS[0], ANSWER)
    assert await keeper.find(KEYS[0]) == ANSWER


async def test_a_cache_that_stays_away_is_left_alone_for_a_while() -> None:
    clock, cache = ManualClock(), CountingCache(away_times=1)
    keeper = CallKeeper(cache, clock=clock)
    assert (await find_error(keeper)).message == "The database is away."
    assert (await find_error(keeper)).kind is ErrorKind.UNAVAILABLE
    with pytest.raises(TextNLPError, match="a moment ago"):
        await keeper.keep(KEYS[0], ANSWER)
    assert cache.asked == [1]
    await clock.advance(5)
    assert await keeper.find(KEYS[0]) is None


async def test_keeping_gives_up_after_the_third_time() -> None:
    clock, cache = ManualClock(), CountingCache(away_times=9)
    keeping = asyncio.create_task(CallKeeper(cache, clock=clock).keep(KEYS[0], ANSWER))
    await clock.advance(1)
    with pytest.raises(TextNLPError, match="away"):
        await keeping
    assert cache.asked == [1, 1, 1]


async def test_a_cache_that_does_not_answer_is_away() -> None:
    keeper = CallKeeper(CountingCache(hangs=True), clock=CLOCK, within_seconds=0.01)
    error = await find_error(keeper)
    assert (error.kind, "within 0.01 s" in error.message) == (ErrorKind.UNAVAILABLE, True)


async def test_an_error_that_is_no_absence_is_told_and_not_waited_out() -> None:
    cache = CountingCache(away_times=2, kind=ErrorKind.INTERNAL)
    keeper = CallKeeper(cache, clock=CLOCK)
    with pytest.raises(TextNLPError) as caught:
        await keeper.keep(KEYS[0], ANSWER)
    assert caught.value.kind is ErrorKind.INTERNAL
    assert (await find_error(keeper)).kind is ErrorKind.INTERNAL
    assert await keeper.find(KEYS[0]) is None

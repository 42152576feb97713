from datetime import timedelta

from tests.doubles.clock import ManualClock
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.application.remove_calls import remove_old_calls
from textnlp.domain.generation.model import Completion, FinishReason

ANSWER = Completion(text="Yes.", model="m", finish_reason=FinishReason.STOP)


async def test_answers_go_after_thirty_days() -> None:
    clock = ManualClock()
    cache = MemoryCallCache(clock=clock)
    mine = cache.for_tenant("mine")
    await mine.keep([(b"old", ANSWER)])
    await clock.advance(60)
    await mine.keep([(b"young", ANSWER)])
    await clock.advance(timedelta(days=30).total_seconds() - 60)
    assert await remove_old_calls(cache, clock=clock) == 0
    await clock.advance(1)
    assert await remove_old_calls(cache, clock=clock) == 1
    assert await mine.find([b"old", b"young"]) == {b"young": ANSWER}

import asyncio

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.provider_batch.options import OPENAI_BATCHES, ProviderBatchOptions
from textnlp.adapters.engines.provider_batch.quota import TokenQuota, limit_in
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey

ONE, TWO = ProviderBatchKey("one"), ProviderBatchKey("two")


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("Enqueued token limit reached for m in organization o. Limit: 90,000 enqueued tokens.", 90_000),
        ("The number of enqueued tokens has surpassed the configured limit of 30K for the deployment 'm'.", 30_000),
        ("… the configured limit of 1.5M for the deployment 'm-1'.", 1_500_000),
        ("Limit: 5B", 5_000_000_000),
        ("Enqueued token limit reached for gpt-4o.", None),
        ("limit of 0", None),
        ("limit: 1.2.3", None),
        ("", None),
    ],
)
def test_a_refusal_tells_the_limit(message: str, limit: int | None) -> None:
    assert limit_in(message) == limit


async def test_a_batch_waits_until_others_leave_room() -> None:
    clock = ManualClock()
    quota = TokenQuota(ProviderBatchOptions(max_enqueued_tokens=10), clock=clock)
    await quota.room_for(50)
    quota.enter(ONE, 8)
    await quota.room_for(2)
    waiting = asyncio.create_task(quota.room_for(3))
    await clock.advance(3600)
    assert not waiting.done()
    quota.leave(TWO)
    await clock.advance(0)
    assert not waiting.done()
    quota.leave(ONE)
    await clock.advance(0)
    assert waiting.done()


async def test_pauses_after_refusals_grow_and_end_when_a_batch_does() -> None:
    clock = ManualClock()
    quota = TokenQuota(OPENAI_BATCHES, clock=clock)
    quota.enter(ONE, 8)
    for seconds in (5.0, 10.0, 20.0, 40.0, 60.0, 60.0):
        quota.refuse("no room")
        waiting = asyncio.create_task(quota.room_for(1))
        await clock.advance(seconds - 0.1)
        assert not waiting.done()
        await clock.advance(0.2)
        assert waiting.done()
    quota.refuse("no room")
    waiting = asyncio.create_task(quota.room_for(1))
    await clock.advance(1)
    quota.leave(ONE)
    await clock.advance(0)
    assert waiting.done()
    quota.accept()
    quota.refuse("no room")
    waiting = asyncio.create_task(quota.room_for(1))
    await clock.advance(5.1)
    assert waiting.done()
    assert clock.sleeping == 0


def test_a_batch_is_split_when_it_is_larger_than_the_limit_or_refused_thrice_alone() -> None:
    quota = TokenQuota(OPENAI_BATCHES, clock=ManualClock())
    assert not quota.must_split(100)
    for _ in range(2):
        quota.refuse("no room")
    assert not quota.must_split(100)
    quota.refuse("no room")
    assert quota.must_split(100)
    quota.enter(ONE, 5)
    assert not quota.must_split(100)
    quota.refuse("limit of 30")
    assert quota.must_split(31)
    assert not quota.must_split(30)


async def test_refusals_for_longer_than_is_bearable_are_raised() -> None:
    clock = ManualClock()
    quota = TokenQuota(OPENAI_BATCHES, clock=clock)
    quota.refuse("no room")
    await clock.advance(24 * 3600 + 1)
    with pytest.raises(TextNLPError) as caught:
        quota.refuse("no room")
    assert (caught.value.kind, caught.value.facts.limit_name) == (ErrorKind.LIMIT_REACHED, "enqueued_tokens")

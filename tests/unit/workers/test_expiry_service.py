import asyncio
import dataclasses
import logging
from datetime import timedelta

import pytest

from tests.contract.idempotency_cases import answer, claim
from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason
from textnlp.workers.expiry_service import serve_expiry


async def served(platform: Platform) -> None:
    """Let the timer go off once."""
    serving = asyncio.create_task(serve_expiry(platform))
    await asyncio.sleep(0.05)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_answers_whose_day_is_over_are_removed_and_others_stay() -> None:
    gateway = memory_gateway()
    store = gateway.idempotency
    old, young = claim("old"), claim("young", at=CLOCK.now())
    await store.claim([old, young])
    await store.keep([(old, answer()), (young, answer(at=CLOCK.now()))])
    await served(memory_platform(gateway=gateway))
    assert await store.expire(CLOCK.now()) == 0
    assert await store.claim([claim("young", at=CLOCK.now())]) != await store.claim([claim("other", at=CLOCK.now())])


async def test_what_models_answered_too_long_ago_is_removed() -> None:
    clock = ManualClock()
    cache = MemoryCallCache(clock=clock)
    await cache.for_tenant("mine").keep([(b"old", Completion(text="", model="m", finish_reason=FinishReason.STOP))])
    await clock.advance(timedelta(days=31).total_seconds())
    platform = dataclasses.replace(memory_platform(), clock=clock, call_cache=cache)
    assert (await cache.size()).entries == 1
    await served(platform)
    assert (await cache.size()).entries == 0


async def test_a_store_that_is_away_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = memory_gateway()

    async def fail(_: object) -> int:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(gateway.idempotency, "expire", fail)
    with caplog.at_level(logging.WARNING):
        await served(memory_platform(gateway=gateway))
    assert "The database is away." in caplog.text

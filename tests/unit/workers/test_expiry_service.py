import asyncio
import logging

import pytest

from tests.contract.idempotency_cases import answer, claim
from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.bootstrap.gateway import Gateway
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.workers.expiry_service import serve_expiry


async def served(gateway: Gateway) -> None:
    """Let the timer go off once."""
    serving = asyncio.create_task(serve_expiry(memory_platform(gateway=gateway)))
    await asyncio.sleep(0.05)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_answers_whose_day_is_over_are_removed_and_others_stay() -> None:
    gateway = memory_gateway()
    store = gateway.idempotency
    old, young = claim("old"), claim("young", at=CLOCK.now())
    await store.claim([old, young])
    await store.keep([(old, answer()), (young, answer(at=CLOCK.now()))])
    await served(gateway)
    assert await store.expire(CLOCK.now()) == 0
    assert await store.claim([claim("young", at=CLOCK.now())]) != await store.claim([claim("other", at=CLOCK.now())])


async def test_a_store_that_is_away_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = memory_gateway()

    async def fail(_: object) -> int:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(gateway.idempotency, "expire", fail)
    with caplog.at_level(logging.WARNING):
        await served(gateway)
    assert "The database is away." in caplog.text

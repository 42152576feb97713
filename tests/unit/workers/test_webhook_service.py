import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from tests.contract.webhook_cases import delivery, webhook
from tests.factories.memory_platform import memory_platform
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.webhooks.rules import KEPT_FOR
from textnlp.domain.webhooks.signature import new_secret
from textnlp.workers.webhook_service import serve_webhooks


@contextlib.asynccontextmanager
async def serving(platform: Platform) -> AsyncGenerator[None]:
    task = asyncio.create_task(serve_webhooks(platform))
    await asyncio.sleep(0.05)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_deliveries_leave_the_log_after_a_month() -> None:
    platform, one = memory_platform(), webhook()
    ports = platform.webhook_ports
    now = ports.clock.now()
    later = now + timedelta(hours=1)
    old, kept = delivery(one, due=later, created_at=now - KEPT_FOR), delivery(one, due=later, created_at=now)
    await ports.registry.create(one, new_secret())
    await ports.deliveries.add([old, kept])
    async with serving(platform):
        assert await ports.deliveries.newest(one.id, limit=9) == [kept]


async def test_a_log_that_cannot_be_tidied_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    platform, one = memory_platform(), webhook()
    ports = platform.webhook_ports
    await ports.registry.create(one, new_secret())
    await ports.deliveries.add([delivery(one)])

    async def fail(_: object) -> int:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(ports.deliveries, "purge", fail)
    with caplog.at_level(logging.WARNING):
        async with serving(platform):
            (seen,) = await ports.deliveries.newest(one.id, limit=9)
    assert "The database is away." in caplog.text
    assert seen.attempt_count == 1


async def test_what_breaks_is_logged_and_begun_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    platform = memory_platform()

    async def surprise(**_: object) -> None:
        raise ValueError("unexpected")

    monkeypatch.setattr(platform.webhook_ports.deliveries, "claim", surprise)
    with caplog.at_level(logging.ERROR):
        async with serving(platform):
            pass
    assert "started again" in caplog.text

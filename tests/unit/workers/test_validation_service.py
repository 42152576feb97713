import asyncio
import logging
from typing import Any

import pytest

from tests.factories.memory_platform import memory_platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.workers.validation_service import serve_validations


async def served_for_a_moment(platform: Any) -> None:
    task = asyncio.create_task(serve_validations(platform))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_breaks_is_logged_and_begun_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    platform = memory_platform()

    async def surprise(*_: object, **__: object) -> None:
        raise ValueError("unexpected")

    monkeypatch.setattr(platform.validation_ports.queue, "receive", surprise)
    with caplog.at_level(logging.ERROR):
        await served_for_a_moment(platform)
    assert "started again" in caplog.text


async def test_a_queue_that_is_away_is_looked_through_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    platform = memory_platform()

    async def away(*_: object, **__: object) -> None:
        raise TextNLPError("The queue is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(platform.validation_ports.queue, "peek", away)
    with caplog.at_level(logging.WARNING):
        await served_for_a_moment(platform)
    assert "The queue is away." in caplog.text
    assert "started again" not in caplog.text

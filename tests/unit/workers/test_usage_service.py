import asyncio
import logging

import pytest

from tests.contract.usage_ledger_cases import TENANT, budget, reserved, settled
from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.bootstrap.gateway import Gateway
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.meter import Meter
from textnlp.workers.usage_service import serve_usage


async def served(gateway: Gateway, meter: Meter | None = None) -> None:
    """Let the timer go off once."""
    serving = asyncio.create_task(serve_usage(memory_platform(gateway=gateway, meter=meter)))
    await asyncio.sleep(0.05)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_what_was_set_aside_for_calls_that_died_is_taken_back() -> None:
    gateway = memory_gateway()
    await gateway.usage.set_budget(budget(), now=CLOCK.now())
    assert await gateway.usage.reserve([reserved("4")]) == []
    await served(gateway)
    assert await gateway.usage.reserve([reserved("9", at=CLOCK.now(), tenant=TENANT)]) == []


async def test_completion_tokens_of_all_tenants_are_added_up_by_model() -> None:
    gateway = memory_gateway()
    meter = OpenTelemetryMeter(clock=CLOCK, version="1")
    await gateway.usage.settle([settled(reserved(tenant=tenant)) for tenant in ("one", "two")])
    await served(gateway, meter)
    await served(gateway, meter)
    page = meter.page().content.decode()
    assert 'TokensGenerated_total{model="m-1"} 20.0' in page
    assert "tenant" not in page
    meter.close()


async def test_a_ledger_that_is_away_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = memory_gateway()

    async def fail(_: object) -> int:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(gateway.usage, "expire", fail)
    with caplog.at_level(logging.WARNING):
        await served(gateway)
    assert "The database is away." in caplog.text

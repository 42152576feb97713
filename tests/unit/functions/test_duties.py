import contextlib
import dataclasses
import logging
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from tests.contract.usage_ledger_cases import TENANT, budget, reserved, settled
from tests.doubles.functions_host import FunctionsHost
from tests.factories.datasets import KEY
from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.reports.quality_page import render_report
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.bootstrap.dataset_hold import DatasetHold
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.functions.app import build_app
from textnlp.functions.hold import PlatformHold


def host_of(platform: Platform) -> FunctionsHost:
    @contextlib.asynccontextmanager
    async def opened() -> AsyncGenerator[Platform]:
        yield platform

    return FunctionsHost(build_app(PlatformHold(opened)))


async def test_usage_is_added_up_once_however_often_the_timer_goes_off() -> None:
    gateway, meter = memory_gateway(), OpenTelemetryMeter(clock=CLOCK, version="1")
    await gateway.usage.settle([settled(reserved(tenant=tenant)) for tenant in ("one", "two")])
    host = host_of(memory_platform(gateway=gateway, meter=meter))
    await host.tick("aggregate-usage")
    await host.tick("aggregate-usage")
    page = meter.page().content.decode()
    meter.close()
    assert 'TokensGenerated_total{model="m-1"} 20.0' in page


async def test_budgets_that_are_nearly_spent_are_warned_of_and_shown(caplog: pytest.LogCaptureFixture) -> None:
    gateway, meter = memory_gateway(), OpenTelemetryMeter(clock=CLOCK, version="1")
    now = CLOCK.now()
    await gateway.usage.set_budget(budget("10", id_="tight"), now=now)
    await gateway.usage.set_budget(budget("100", id_="wide"), now=now)
    await gateway.usage.reserve([reserved("9", at=now, tenant=TENANT)])
    with caplog.at_level(logging.WARNING):
        await host_of(memory_platform(gateway=gateway, meter=meter)).tick("check-budgets")
    page = meter.page().content.decode()
    meter.close()
    warned = [record for record in caplog.records if record.name == "textnlp.functions.duties"]
    assert [record.getMessage() for record in warned] == ["Budget tight is spent to 90%."]
    assert 'BudgetSpentPercent{budget="tight"} 90.0' in page
    assert 'budget="wide"} 9.0' in page


async def test_a_ledger_that_is_away_makes_the_host_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = memory_gateway()

    async def fail(_: object) -> int:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(gateway.usage, "expire", fail)
    monkeypatch.setattr(gateway.idempotency, "expire", fail)
    host = host_of(memory_platform(gateway=gateway))
    for name in ("aggregate-usage", "expire-answers"):
        with pytest.raises(TextNLPError):
            await host.tick(name)


async def test_lifecycle_sweeps_datasets_and_old_deliveries(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    prices: Mapping[str, None] = {}
    hold = DatasetHold(
        store=MemoryDatasetStore(),
        catalog=MemoryDatasetCatalog(),
        files=LocalDatasetFiles(KEY, page_of=render_report),
        root=tmp_path,
        price_of=prices.get,
    )
    platform = dataclasses.replace(memory_platform(), datasets=hold)
    with caplog.at_level(logging.INFO):
        await host_of(platform).tick("apply-lifecycle")
    assert "0 versions of datasets deleted, 0 old deliveries removed." in caplog.text

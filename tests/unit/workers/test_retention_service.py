import asyncio
import dataclasses
import logging
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.datasets import KEY
from tests.factories.memory_platform import memory_platform
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.reports.quality_page import render_report
from textnlp.application.age_blobs import AgedBlobs
from textnlp.application.apply_retention import LetGo, RetentionPorts
from textnlp.application.telemetry_ports import TelemetryPorts
from textnlp.bootstrap.dataset_hold import DatasetHold
from textnlp.bootstrap.platform import Platform
from textnlp.domain.catalog.model import CatalogEntry
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.telemetry_retention import Retained
from textnlp.workers import retention_service
from textnlp.workers.retention_service import serve_retention


class AwayCatalog(MemoryDatasetCatalog):
    """Is away, and counts how often it was asked."""

    asked = 0

    async def swept(self, *, after: str = "", limit: int = 200) -> list[CatalogEntry]:
        self.asked += 1
        raise TextNLPError(f"The database is away after {after!r}, {limit}.", kind=ErrorKind.UNAVAILABLE)


async def test_a_catalog_that_is_away_is_asked_again_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock, catalog = ManualClock(), AwayCatalog()
    hold = DatasetHold(
        store=MemoryDatasetStore(),
        catalog=catalog,
        files=LocalDatasetFiles(KEY, page_of=render_report),
        root=tmp_path,
        price_of=lambda _: None,
    )
    platform = dataclasses.replace(memory_platform(), clock=clock, datasets=hold)
    serving = asyncio.create_task(serve_retention(platform))
    for _ in range(2):
        await asyncio.sleep(0.02)
        await clock.advance(301)
    await asyncio.sleep(0.02)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)

    assert catalog.asked == 3
    assert "could not be deleted" in caplog.text


class Days:
    """Notes what it is asked, and drops a day each time; is away once."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.is_away = True

    async def prepare(self, now: datetime) -> None:
        self.calls.append(f"prepare {now:%Y-%m-%d}")

    async def sweep(self, now: datetime) -> Retained:
        self.calls.append(f"sweep {now:%Y-%m-%d}")
        if self.is_away:
            self.is_away = False
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)
        return Retained(dropped=("telemetry_spans_20260101",), crowded_out=("telemetry_lines_20260102",), size_bytes=0)


@pytest.mark.parametrize("is_kept", [True, False])
async def test_days_of_telemetry_go_when_they_are_over(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    async def nothing(platform: Platform) -> int:
        return 0 if platform else 1

    monkeypatch.setattr(retention_service, "sweep_kept_datasets", nothing)
    caplog.set_level(logging.INFO)
    clock, days = ManualClock(), Days()
    ports = TelemetryPorts(reader=MemoryTelemetry(clock=clock), retention=days, is_kept=is_kept)
    platform = dataclasses.replace(memory_platform(), clock=clock, telemetry=ports)
    serving = asyncio.create_task(serve_retention(platform))
    await clock.advance(0)
    await clock.advance(301)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    a_round = ["prepare 2026-01-05", "sweep 2026-01-05"] if is_kept else ["sweep 2026-01-05"]
    assert days.calls == [*a_round, *a_round]
    for said in ("The database is away.", "telemetry_spans_20260101", "too much telemetry: telemetry_lines_20260102"):
        assert said in caplog.text


async def test_rows_and_blobs_are_looked_through_once_a_day_and_again_soon_where_that_failed(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []

    async def nothing(platform: Platform) -> int:
        return 0 if platform else 1

    async def let_go(ports: RetentionPorts) -> LetGo:
        asked.append(ports.clock.now())
        if len(asked) == 1:
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)
        return LetGo(records={"generations": 3}, blobs=AgedBlobs(blobs=2, size_bytes=5))

    monkeypatch.setattr(retention_service, "sweep_kept_datasets", nothing)
    monkeypatch.setattr(retention_service, "apply_retention", let_go)
    caplog.set_level(logging.INFO)
    clock = ManualClock()
    ports = RetentionPorts(
        rows=NoRows(), blobs=memory_blob_store(), clock=clock, ages_blobs=True, forget_dataset=forget_nothing
    )
    platform = dataclasses.replace(memory_platform(), clock=clock, telemetry=None, retention=ports)
    serving = asyncio.create_task(serve_retention(platform))
    await clock.advance(0)
    for _ in range(2 * 24 * 12):
        await clock.advance(300)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert [later - earlier for earlier, later in pairwise(asked)] == [timedelta(minutes=5), timedelta(days=1)]
    for said in ("The database is away.", "their time being over: 3 generations.", "2 blobs were deleted"):
        assert said in caplog.text


class NoRows:
    """Satisfies `RowRetention` and has nothing to remove."""

    records = ()

    async def remove_before(self, record: str, moment: datetime, *, limit: int) -> list[str]:
        raise KeyError(record, moment, limit)


async def forget_nothing(dataset_id: str) -> None:
    raise AssertionError(dataset_id)

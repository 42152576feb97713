import asyncio
import dataclasses
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.datasets import KEY
from tests.factories.memory_platform import memory_platform
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.reports.quality_page import render_report
from textnlp.bootstrap.dataset_hold import DatasetHold
from textnlp.domain.catalog.model import CatalogEntry
from textnlp.domain.errors import ErrorKind, TextNLPError
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

import dataclasses
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.datasets import KEY, rows_of, written
from tests.factories.memory_platform import memory_platform
from tests.unit.console.served_console import open_console
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.reports.quality_page import render_report
from textnlp.bootstrap.dataset_hold import DatasetHold
from textnlp.console.views import dataset_diffs
from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.identifiers import new_run_id
from textnlp.domain.identity.tenant import LOCAL_TENANT

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RUN = StoredRun(
    id=new_run_id(NOON),
    name="kettles",
    tenant=LOCAL_TENANT,
    caller="owner",
    model="m",
    endpoint="e",
    rows=8,
    recipe_path="p",
    created_at=NOON,
    state=RunState.COMPLETED,
    versions=tuple(RunVersion(number=number, rows=8 * number, written_at=NOON) for number in (1, 2)),
)
HERE = f"/console/datasets/{RUN.id}"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[AsyncTestClient[Any]]:
    """A browser on a platform with a dataset of two versions."""
    store = MemoryDatasetStore()
    await store.create(RUN)
    for number in (1, 2):
        await written(tmp_path / RUN.id / f"v{number}", rows_of(14 * number), version=number)
    hold = DatasetHold(
        store=store,
        catalog=MemoryDatasetCatalog(),
        files=LocalDatasetFiles(KEY, page_of=render_report),
        root=tmp_path,
        price_of=lambda _: None,
    )
    async with open_console(dataclasses.replace(memory_platform(), datasets=hold)) as client:
        yield client


async def test_the_two_latest_versions_are_compared_where_none_is_named(client: AsyncTestClient[Any]) -> None:
    page = await client.get(f"{HERE}/compare")
    assert f'src="{HERE}/diff.html?before=1&amp;after=2"' in page.text
    frame = await client.get(f"{HERE}/diff.html", params={"before": 1, "after": 2})
    assert frame.status_code == 200
    assert "Added rows" in frame.text
    assert "sandbox" in frame.headers["content-security-policy"]
    assert frame.headers["x-frame-options"] == "SAMEORIGIN"


async def test_too_many_rows_are_left_to_a_terminal(
    client: AsyncTestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_diffs, "MOST_COMPARED_ROWS", 20)
    page = await client.get(f"{HERE}/compare", params={"before": 1, "after": 2})
    assert "<iframe" not in page.text
    assert "textnlp dataset diff kettles --from 1 --to 2" in page.text
    assert (await client.get(f"{HERE}/diff.html", params={"before": 1, "after": 2})).status_code == 413


@pytest.mark.parametrize("query", [{"before": 2, "after": 2}, {"before": 1, "after": 7}])
async def test_only_two_versions_that_are_there_are_compared(
    client: AsyncTestClient[Any], query: dict[str, int]
) -> None:
    page = await client.get(f"{HERE}/compare", params=query)
    assert "Choose two different versions" in page.text
    assert "<iframe" not in page.text

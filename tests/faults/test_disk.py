"""A disk that is full, or may not be written to, for a while."""

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.acceptance.command_line import until
from tests.acceptance.platform_load import prompt_lines
from tests.acceptance.served_platform import ServedPlatform, serve_platform
from textnlp.adapters.blobs.staging import StagedFile
from textnlp.application.inspect_platform import inspect_platform
from textnlp.bootstrap.inspection_wiring import open_inspection
from textnlp.domain.inspection.model import Inspected
from textnlp.settings import Settings

pytestmark = pytest.mark.postgres

_FILL_THE_DISK = """
create function textnlp.refuse() returns trigger language plpgsql as $$
begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
create trigger full_disk before insert on textnlp.batch_rows for each row execute function textnlp.refuse();
"""
"""As a server whose disk is full answers, for one table."""


class Disk:
    """A disk under the blobs that takes nothing while `error` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: int | None = None
        self.refused = 0
        really_write = StagedFile.write

        def write(file: StagedFile, data: bytes) -> None:
            if self.error is not None:
                self.refused += 1
                raise OSError(self.error, os.strerror(self.error))
            really_write(file, data)

        monkeypatch.setattr(StagedFile, "write", write)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


class Caller:
    """Sends batches and follows them."""

    def __init__(self, served: ServedPlatform, client: httpx.AsyncClient) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {served.api_key}"}
        self._url = f"{served.url}/api/v1/batches"

    async def send(self, rows: int) -> httpx.Response:
        headers = {**self._headers, "Content-Type": "application/x-ndjson"}
        return await self._client.post(self._url, content=prompt_lines(rows), headers=headers)

    async def show(self, batch_id: str) -> dict[str, Any]:
        return (await self._client.get(f"{self._url}/{batch_id}", headers=self._headers)).json()

    async def reached(self, batch_id: str, state: str) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while True:
                found = await self.show(batch_id)
                if found["state"] == state:
                    return found
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
async def test_a_batch_waits_for_a_disk_that_takes_nothing_and_ends_once_it_does(
    database_url: str, tmp_path: Path, disk: Disk, error: int
) -> None:
    data_dir = tmp_path / "data"
    async with serve_platform(database_url, data_dir) as (_, served), httpx.AsyncClient(timeout=30) as client:
        caller = Caller(served, client)
        batch: dict[str, Any] = (await caller.send(30)).raise_for_status().json()
        disk.error = error
        refused = await caller.send(3)
        await until(lambda: disk.refused >= 2)
        waiting = await caller.show(batch["id"])
        disk.error = None
        found = await caller.reached(batch["id"], "completed")
        again = await caller.send(3)
    assert refused.status_code == 503
    assert os.strerror(error) in refused.text
    assert waiting["state"] in {"ingesting", "running", "finalizing", "completed"}
    assert found["counts"]["accepted"] == 30
    assert again.status_code == 202
    assert await faults_of(Settings(data_dir=data_dir, database_url=database_url)) == []


async def test_rows_wait_for_a_database_whose_disk_is_full_and_are_stored_once_it_is_not(
    database_url: str, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    async with (
        serve_platform(database_url, data_dir) as (_, served),
        httpx.AsyncClient(timeout=30) as client,
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as database,
    ):
        caller = Caller(served, client)
        await database.execute(_FILL_THE_DISK)
        batch: dict[str, Any] = (await caller.send(30)).raise_for_status().json()
        await caller.reached(batch["id"], "running")
        await asyncio.sleep(0.5)
        waiting = await caller.show(batch["id"])
        await database.execute("drop trigger full_disk on textnlp.batch_rows")
        found = await caller.reached(batch["id"], "completed")
    assert (waiting["state"], waiting["counts"]["accepted"]) == ("running", 0)
    assert found["counts"]["accepted"] == 30
    assert await faults_of(Settings(data_dir=data_dir, database_url=database_url)) == []


async def faults_of(settings: Settings) -> list[Inspected]:
    async with open_inspection(settings) as ports:
        results = await inspect_platform(ports, sampled_blobs=None)
    return [result for result in results if result.fault_count]

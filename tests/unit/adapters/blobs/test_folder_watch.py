import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from textnlp.adapters.blobs.local_folder import LocalFolderBlobStore, local_blob_store
from textnlp.adapters.blobs.settling import Patience
from textnlp.adapters.clock.system import SystemClock
from textnlp.ports.blob_store import BlobInfo

_PATIENCE = Patience(quiet_seconds=0.15, empty_seconds=0.4, rescan_seconds=60.0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[LocalFolderBlobStore]:
    opened = local_blob_store(tmp_path, clock=SystemClock(), patience=_PATIENCE)
    yield opened
    await opened.aclose()


@pytest.fixture
async def infos(store: LocalFolderBlobStore) -> AsyncIterator[AsyncGenerator[BlobInfo]]:
    async with contextlib.aclosing(store.watch("in/")) as watching:
        yield watching


async def _next(infos: AsyncGenerator[BlobInfo]) -> BlobInfo:
    return await asyncio.wait_for(anext(infos), 10)


async def test_the_folder_is_there_to_put_files_into(infos: AsyncGenerator[BlobInfo], tmp_path: Path) -> None:
    waiting = asyncio.ensure_future(_next(infos))
    await asyncio.sleep(0.1)
    (tmp_path / "in/a").write_text("x")
    assert (await waiting).path == "in/a"


async def test_a_file_copied_in_slowly_is_told_once_and_whole(
    infos: AsyncGenerator[BlobInfo],
    tmp_path: Path,
) -> None:
    waiting = asyncio.ensure_future(_next(infos))
    (tmp_path / "in").mkdir(exist_ok=True)
    with (tmp_path / "in/a").open("wb", buffering=0) as file:
        for _ in range(4):
            file.write(b"x" * 100)
            await asyncio.sleep(0.1)
    assert (await waiting).size_bytes == 400


async def test_a_writer_that_pauses_with_the_file_open_is_waited_for(
    infos: AsyncGenerator[BlobInfo],
    tmp_path: Path,
) -> None:
    waiting = asyncio.ensure_future(_next(infos))
    (tmp_path / "in").mkdir(exist_ok=True)
    with (tmp_path / "in/a").open("wb", buffering=0) as file:
        file.write(b"first half, ")
        await asyncio.sleep(0.5)
        file.write(b"second half")
    assert (await waiting).size_bytes == 23


async def test_a_renamed_file_and_a_folder_of_files_are_told(
    infos: AsyncGenerator[BlobInfo],
    tmp_path: Path,
) -> None:
    (tmp_path / "prepared").mkdir()
    for name in ["b", "c"]:
        (tmp_path / "prepared" / name).write_text("x")
    (tmp_path / "a").write_text("x")
    waiting = asyncio.ensure_future(_next(infos))
    await asyncio.sleep(0.05)
    (tmp_path / "a").rename(tmp_path / "in/a")
    assert (await waiting).path == "in/a"
    (tmp_path / "prepared").rename(tmp_path / "in/folder")
    assert sorted([(await _next(infos)).path, (await _next(infos)).path]) == ["in/folder/b", "in/folder/c"]


async def test_an_empty_file_is_told_in_the_end(infos: AsyncGenerator[BlobInfo], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").touch()
    assert (await _next(infos)).size_bytes == 0


async def test_a_file_appended_to_is_told_again(infos: AsyncGenerator[BlobInfo], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").write_text("one")
    first = await _next(infos)
    with (tmp_path / "in/a").open("a") as file:
        file.write("two")
    second = await _next(infos)
    assert (first.size_bytes, second.size_bytes) == (3, 6)
    assert first.etag != second.etag


async def test_a_folder_removed_and_made_again_is_watched_on(
    infos: AsyncGenerator[BlobInfo],
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").write_text("x")
    await _next(infos)
    waiting = asyncio.ensure_future(_next(infos))
    await asyncio.sleep(0.4)
    shutil.rmtree(tmp_path / "in")
    await asyncio.sleep(0.3)
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in/b").write_text("x")
    assert (await waiting).path == "in/b"


async def test_old_files_are_told_at_once_and_in_order(infos: AsyncGenerator[BlobInfo], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(450):
        path = tmp_path / f"in/{number:03}"
        path.write_text("x")
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert [(await _next(infos)).path for _ in range(450)] == [f"in/{number:03}" for number in range(450)]


async def test_without_events_a_look_around_finds_the_file(
    store: LocalFolderBlobStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_events(*_: object, **__: object) -> AsyncIterator[object]:
        raise OSError("too many watches")

    monkeypatch.setattr("textnlp.adapters.blobs.folder_watch.awatch", no_events)
    monkeypatch.setattr("textnlp.adapters.blobs.folder_watch._RESCAN_WITHOUT_EVENTS_SECONDS", 0.05)
    async with contextlib.aclosing(store.watch("in/")) as infos:
        waiting = asyncio.ensure_future(_next(infos))
        await asyncio.sleep(0.1)
        (tmp_path / "in/a").write_text("x")
        assert (await waiting).path == "in/a"

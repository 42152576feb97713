import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.blobs.local_folder import LocalFolderBlobStore, local_blob_store
from textnlp.adapters.blobs.paths import RESERVED_FOLDER
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[LocalFolderBlobStore]:
    opened = local_blob_store(tmp_path / "deep/root", clock=ManualClock())
    yield opened
    await opened.aclose()


async def test_files_of_people_are_blobs(store: LocalFolderBlobStore, tmp_path: Path) -> None:
    (tmp_path / "deep/root/folder").mkdir()
    (tmp_path / "deep/root/folder/mine.txt").write_text("hello")
    assert [info.path async for info in store.entries()] == ["folder/mine.txt"]
    assert await store.get("folder/mine.txt") == b"hello"


async def test_blobs_are_plain_files_and_nothing_else_stays(store: LocalFolderBlobStore, tmp_path: Path) -> None:
    await store.put("folder/a", b"abc")
    async with store.open_writer("folder/b") as writer:
        await writer.write(b"def")
    await store.check()
    await store.aclose()
    root = tmp_path / "deep/root"
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["a", "b"]
    assert not (root / RESERVED_FOLDER).exists()


async def test_a_full_disk_is_told_with_what_to_do(
    store: LocalFolderBlobStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await store.put("a", b"before")

    def no_space(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", no_space)
    for call in [store.put("a", b"after"), store.check(), _write(store)]:
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.UNAVAILABLE
        assert "Free space" in caught.value.full_text
    monkeypatch.undo()
    assert await store.get("a") == b"before"
    await store.aclose()
    assert [path.name for path in (tmp_path / "deep/root").iterdir()] == ["a"]


async def _write(store: LocalFolderBlobStore) -> None:
    async with store.open_writer("b") as writer:
        await writer.write(b"after")


async def test_a_failure_at_the_very_end_leaves_no_blob(
    store: LocalFolderBlobStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_sync(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", no_sync)
    with pytest.raises(TextNLPError):
        await _write(store)
    assert [info.path async for info in store.entries()] == []


async def test_a_reader_keeps_the_version_it_began_with(store: LocalFolderBlobStore) -> None:
    await store.put("a", b"1" * 100)
    pieces = store.stream("a", chunk_bytes=50)
    first = await anext(pieces)
    await store.put("a", b"2" * 100)
    assert first + b"".join([piece async for piece in pieces]) == b"1" * 100


async def test_a_root_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(TextNLPError) as caught:
        local_blob_store(tmp_path / "file/root", clock=ManualClock())
    assert caught.value.facts.hint


async def test_opening_removes_what_a_killed_writer_left(tmp_path: Path) -> None:
    left = tmp_path / RESERVED_FOLDER / "0123456789abcdef"
    left.mkdir(parents=True)
    (left / "half").write_text("half")
    store = local_blob_store(tmp_path, clock=ManualClock())
    assert not left.exists()
    await store.aclose()

import os
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from textnlp.adapters.blobs.local_folder import LocalFolderBlobStore, local_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.application.age_blobs import AgedBlobs, age_blobs
from textnlp.ports.blob_store import BlobInfo
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import LIFECYCLE_RULES

NOW = datetime(2026, 11, 27, 3, 30, tzinfo=UTC)
DELETED_AFTER = {
    prefix: rule.delete_after_days
    for rule in LIFECYCLE_RULES
    if rule.delete_after_days is not None
    for prefix in rule.prefixes
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[LocalFolderBlobStore]:
    opened = local_blob_store(tmp_path, clock=SystemClock())
    yield opened
    await opened.aclose()


async def put(store: LocalFolderBlobStore, root: Path, path: str, *, days: float) -> None:
    await store.put(path, b"text")
    changed = (NOW - timedelta(days=days)).timestamp()
    os.utime(root / path, (changed, changed))


async def paths(store: LocalFolderBlobStore) -> set[str]:
    return {info.path async for info in store.entries()}


async def test_every_prefix_with_a_last_day_loses_what_is_older_and_nothing_else(
    store: LocalFolderBlobStore, tmp_path: Path
) -> None:
    for prefix in TOPOLOGY.prefixes():
        days = DELETED_AFTER.get(prefix, 4_000)
        await put(store, tmp_path, f"{prefix}/b1/old", days=days + 0.01)
        await put(store, tmp_path, f"{prefix}/b1/young", days=days - 0.01)
    aged = await age_blobs(store, LIFECYCLE_RULES, now=NOW)
    kept = {f"{prefix}/b1/young" for prefix in TOPOLOGY.prefixes()}
    kept |= {f"{prefix}/b1/old" for prefix in TOPOLOGY.prefixes() if prefix not in DELETED_AFTER}
    assert await paths(store) == kept
    assert aged == AgedBlobs(blobs=len(DELETED_AFTER), size_bytes=4 * len(DELETED_AFTER))
    assert await age_blobs(store, LIFECYCLE_RULES, now=NOW) == AgedBlobs()


async def test_a_blob_beside_a_prefix_of_the_same_beginning_stays(store: LocalFolderBlobStore, tmp_path: Path) -> None:
    await put(store, tmp_path, "generations/batches-of-mine/a", days=900)
    assert await age_blobs(store, LIFECYCLE_RULES, now=NOW) == AgedBlobs()


async def test_tiers_move_nothing(store: LocalFolderBlobStore, tmp_path: Path) -> None:
    await put(store, tmp_path, "generations/batch/b1/cold", days=200)
    await put(store, tmp_path, "generations/archive/b1/archived", days=4_000)
    await age_blobs(store, LIFECYCLE_RULES, now=NOW)
    assert await store.get("generations/batch/b1/cold") == await store.get("generations/archive/b1/archived") == b"text"


async def test_a_blob_that_is_written_again_meanwhile_stays(
    store: LocalFolderBlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, tmp_path, "generations/batch/b1/a", days=900)
    await put(store, tmp_path, "generations/batch/b1/b", days=900)
    listed = store.entries

    async def entries(prefix: str = "") -> AsyncGenerator[BlobInfo]:
        async for info in listed(prefix):
            if info.path.endswith("/a"):
                await store.put(info.path, b"again")
            elif info.path.endswith("/b"):
                await store.delete(info.path)
            yield info

    monkeypatch.setattr(store, "entries", entries)
    assert await age_blobs(store, LIFECYCLE_RULES, now=NOW) == AgedBlobs()
    assert await store.get("generations/batch/b1/a") == b"again"

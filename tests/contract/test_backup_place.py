"""What backups do in every blob store."""

import asyncio
import contextlib
import dataclasses
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.doubles.azurite import azure_storage
from tests.doubles.backup_database import MemoryDatabase
from tests.doubles.clock import ManualClock
from tests.factories.backups import make_blobs, make_database, make_place, make_sources
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.blobs.azure_account import AzureBlobStore, azure_account
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.application.backups.create_backup import create_backup
from textnlp.application.backups.list_backups import list_backups
from textnlp.application.backups.prune_backups import GRACE, prune_backups
from textnlp.application.backups.restore_backup import RestoreTarget, find_backup, restore_backup
from textnlp.application.backups.verify_backup import verify_backup
from textnlp.domain.backups.addresses import object_path
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import STORAGE
from textnlp.ports.blob_store import BlobStore

pytestmark = pytest.mark.asyncio(loop_scope="module")
_STORES = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def azure() -> AsyncIterator[BlobStore]:
    async with azure_storage() as (azurite, _), contextlib.AsyncExitStack() as stack:
        authority = azurite.certificates.authority
        tokens = await stack.enter_async_context(
            contextlib.aclosing(EntraAccessTokens(clock=SystemClock(), ca_file=authority))
        )
        await tokens.token(STORAGE)
        await azurite.make_containers("backups")
        account = azure_account(azurite.url, tokens=tokens, clock=SystemClock(), ca_file=authority)
        store = AzureBlobStore(account, containers=["backups"])
        stack.push_async_callback(store.aclose)
        yield store


@pytest_asyncio.fixture(params=["memory", "folder", "azure"], loop_scope="module")
async def store(request: pytest.FixtureRequest, tmp_path: Path, azure: BlobStore) -> AsyncIterator[BlobStore]:
    if request.param == "azure":
        yield azure
        return
    opened = memory_blob_store() if request.param == "memory" else local_blob_store(tmp_path, clock=SystemClock())
    async with contextlib.aclosing(opened):
        yield opened


async def test_backups_are_taken_listed_verified_restored_and_pruned(store: BlobStore) -> None:
    clock = ManualClock(now=datetime.now(UTC) + GRACE + timedelta(days=1))
    place = dataclasses.replace(make_place(store, clock=clock), root=f"backups/place-{next(_STORES)}")
    database, blobs = make_database(2_000), await make_blobs(a__b=bytes(range(251)) * 20_000, c=b"")
    first = await create_backup(place, make_sources(database, blobs))
    await clock.advance(60)
    database.tables["files"] = [b"one\n"]
    second = await create_backup(place, make_sources(database, blobs))
    assert second.new_bytes < first.new_bytes / 10
    assert [each.id for each in await list_backups(place)] == [second.id, first.id]
    assert not (await verify_backup(place, first.id)).faults

    target = RestoreTarget(database=MemoryDatabase(), trees={"blobs": memory_blob_store()})
    await restore_backup(place, await find_backup(place, by=first.taken_at), target)
    assert isinstance(target.database, MemoryDatabase)
    assert target.database.tables["files"] == []
    assert await target.trees["blobs"].get("a/b") == await blobs.get("a/b")

    pruned = await prune_backups(place)
    assert (pruned.kept, pruned.removed) == ((second.id,), (first.id,))
    assert pruned.objects == 1
    assert not (await verify_backup(place, second.id)).faults
    await store.delete(object_path(place.root, second.index.chunks[0]))
    assert second.index.chunks[0] in (await verify_backup(place, second.id)).faults[0]


async def test_of_several_writers_at_once_one_writes(store: BlobStore) -> None:
    place = dataclasses.replace(make_place(store, clock=SystemClock()), root=f"backups/place-{next(_STORES)}")
    database = make_database(2_000)
    ended = await asyncio.gather(
        *(create_backup(place, make_sources(database)) for _ in range(4)), return_exceptions=True
    )
    refused = [each for each in ended if isinstance(each, TextNLPError)]
    assert len(refused) == 3
    assert {each.kind for each in refused} == {ErrorKind.CONFLICT}
    assert len(await place.backup_ids()) == 1

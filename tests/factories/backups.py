"""Places of backups for tests, and what is backed up in them."""

from datetime import UTC, datetime

from tests.doubles.backup_database import MemoryDatabase
from tests.doubles.clock import ManualClock
from textnlp.adapters.backup_seals.aes_gcm import AesGcmSealer
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.create_backup import BLOBS_TREE, BackupSources
from textnlp.domain.backups.manifest import BackupKind
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import BACKUPS_DATABASE

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
ROOT = BACKUPS_DATABASE
NIGHT = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def make_place(
    store: BlobStore | None = None, *, clock: Clock | None = None, keys: tuple[bytes, ...] = (KEY,)
) -> BackupPlace:
    """Return a place with the retention of the topology."""
    return BackupPlace(
        kind=BackupKind.DATABASE,
        store=store or memory_blob_store(),
        root=ROOT,
        sealer=AesGcmSealer(keys),
        clock=clock or ManualClock(now=NIGHT),
        policy=TOPOLOGY.backup_policy(ROOT),
    )


def make_database(rows: int = 2_000, *, width: int = 400) -> MemoryDatabase:
    """Return a database with rows that do not compress to nothing, and tables without any."""
    lines = [f"{number}\t{number * 2654435761 % 2**32:08x}{'x' * width}\n".encode() for number in range(rows)]
    return MemoryDatabase(
        tables={"batches": [b"1\tbatch\n"], "batch_rows": lines, "files": []}, numbers={"queue_numbers": 7}
    )


async def make_blobs(store: BlobStore | None = None, /, **contents: bytes) -> BlobStore:
    """Return blobs, `__` in a name standing for `/`."""
    store = store or memory_blob_store()
    for name, content in contents.items():
        await store.put(name.replace("__", "/"), content)
    return store


def make_sources(database: MemoryDatabase | None = None, blobs: BlobStore | None = None) -> BackupSources:
    """Return what is backed up."""
    trees = {BLOBS_TREE: blobs} if blobs is not None else {}
    return BackupSources(version="1.2.3", database=database, trees=trees, left_out=(f"{BLOBS_TREE}/backups/",))

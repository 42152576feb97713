"""The wiring of what lets go of data whose time is over."""

import asyncio

from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.row_retention import PostgresRowRetention
from textnlp.adapters.dataset_files.tombstone_file import forget_dataset
from textnlp.application.apply_retention import RetentionPorts
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.blob_store import BlobStore
from textnlp.settings import Settings


def retention_ports(settings: Settings, database: PostgresDatabase, blobs: BlobStore) -> RetentionPorts:
    """Wire the use cases around retention; a storage account applies the rules for blobs by itself."""
    root = settings.data_dir / "datasets"

    async def forget(dataset_id: str) -> None:
        await asyncio.to_thread(forget_dataset, root / dataset_id)

    return RetentionPorts(
        rows=PostgresRowRetention(database),
        blobs=blobs,
        clock=SYSTEM_CLOCK,
        ages_blobs=settings.blob_url is None,
        forget_dataset=forget,
    )

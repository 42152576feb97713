"""The wiring of the check before an upgrade: beside a platform, which may be running, and changing nothing of it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from pathlib import Path

import textnlp
from textnlp.adapters.database.inspector import PostgresInspector
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.dataset_files.reader import read_version
from textnlp.application.backups.list_backups import ListedBackup, list_backups
from textnlp.application.check_upgrade import UpgradePorts
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.backup_wiring import PlaceOptions, open_places
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import database_address
from textnlp.bootstrap.queue_wiring import job_queue
from textnlp.domain.backups.manifest import BackupKind
from textnlp.domain.datasets.layout import MANIFEST
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.inspection.model import Fault
from textnlp.domain.upgrades.model import Migration
from textnlp.settings import Settings

_CONNECTIONS = 2
_UNREADABLE = "Install the version that wrote it, or restore the dataset from a backup."


@contextlib.asynccontextmanager
async def open_upgrade_check(settings: Settings) -> AsyncGenerator[UpgradePorts]:
    """Open what the check stands on, without bringing the database up to date; raises what `database_address` does."""

    async def migrations_after(revision: str) -> Sequence[Migration]:
        from textnlp.adapters.database import pending_migrations  # noqa: PLC0415  takes 0.6 s to import

        return await asyncio.to_thread(pending_migrations.migrations_after, revision)

    async def dataset_faults() -> tuple[int, Sequence[Fault]]:
        return await asyncio.to_thread(_dataset_faults, settings.data_dir / "datasets")

    async def listed() -> Sequence[ListedBackup]:
        async with open_places(settings, PlaceOptions(tokens=tokens)) as places:
            return await list_backups(places[BackupKind.DATABASE])

    async with contextlib.AsyncExitStack() as stack:
        tokens = await stack.enter_async_context(contextlib.aclosing(access_tokens()))
        address = await stack.enter_async_context(database_address(settings, tokens))
        database = PostgresDatabase(address, clock=SYSTEM_CLOCK, max_connections=_CONNECTIONS)
        await stack.enter_async_context(contextlib.aclosing(database))
        queue = job_queue(settings, database, address=address, namespace="", tokens=tokens)
        await stack.enter_async_context(contextlib.aclosing(queue))
        yield UpgradePorts(
            version=textnlp.__version__,
            clock=SYSTEM_CLOCK,
            inspector=PostgresInspector(database, slice_queue=None, grace=timedelta()),
            queue=queue,
            migrations_after=migrations_after,
            dataset_faults=dataset_faults,
            list_backups=listed,
        )


def _dataset_faults(folder: Path) -> tuple[int, Sequence[Fault]]:
    """Look at the manifests of all versions of a platform's datasets."""
    versions = sorted(path.parent for path in folder.glob(f"*/v*/{MANIFEST}"))
    faults: list[Fault] = []
    for version in versions:
        try:
            read_version(version)
        except TextNLPError as error:
            if error.kind is not ErrorKind.GONE:
                faults.append(Fault(place=str(version), told=error.message, advice=_UNREADABLE))
    return len(versions), faults

"""The wiring of backups: where they are kept, what seals them, and what they are made of."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.backup_seals.aes_gcm import AesGcmSealer
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.database.dumper import PostgresDumper
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.key_files.backup_key import open_backup_keys, read_backup_keys
from textnlp.application.backups.backup_place import BackupPlace, Progress, no_progress
from textnlp.application.backups.create_backup import BLOBS_TREE, BackupSources
from textnlp.application.backups.keep_backups import BackupSet
from textnlp.bootstrap.blob_wiring import open_blobs, open_folder, open_store_at
from textnlp.bootstrap.build_version import build_version
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import open_database
from textnlp.bootstrap.secret_wiring import vault_name, vault_of
from textnlp.domain.backups.manifest import BackupKind
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.blob_store import BlobStore
from textnlp.settings import Settings, read_secret
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import BACKUPS, BACKUPS_CONFIGURATIONS, BACKUPS_DATABASE
from textnlp.topology.document import as_document

DATA_TREES = ("datasets", "reviews")
"""Folders of the data folder whose files belong to rows of the database, or stand beside them."""

PRIVATE_TREES = ("identity", "keys")
"""Folders of the data folder whose files only their owner may read."""

DOCUMENTS_TREE = "configuration"
"""What the platform was told, and what it declares, as documents."""

_ROOTS: Mapping[BackupKind, str] = {
    BackupKind.CONFIGURATION: BACKUPS_CONFIGURATIONS,
    BackupKind.DATABASE: BACKUPS_DATABASE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOptions:
    """How places of backups are opened.

    Attributes:
        at: folder or address in place of that of the settings.
        may_make_key: a key is made where there is none.
        progress: told of all that is read and written.
    """

    at: str | None = None
    may_make_key: bool = False
    progress: Progress = no_progress
    tokens: AccessTokens | None = None


@contextlib.asynccontextmanager
async def open_places(
    settings: Settings, options: PlaceOptions | None = None
) -> AsyncGenerator[Mapping[BackupKind, BackupPlace]]:
    """Open the places of backups, that of configurations first.

    Raises what `open_blobs` does, and what reading the key does.
    """
    options = options or PlaceOptions()
    async with contextlib.AsyncExitStack() as stack:
        address = options.at or settings.backups
        if address is None:
            store = await open_blobs(stack, settings, options.tokens)
        else:
            store = await open_store_at(stack, address, options.tokens)
        sealer = await _sealer(settings, options)
        yield {
            kind: BackupPlace(
                kind=kind,
                store=store,
                root=root,
                sealer=sealer,
                clock=SYSTEM_CLOCK,
                policy=TOPOLOGY.backup_policy(root),
                progress=options.progress,
            )
            for kind, root in _ROOTS.items()
        }


@contextlib.asynccontextmanager
async def open_backup_sets(
    settings: Settings, options: PlaceOptions | None = None, *, database: PostgresDatabase | None = None
) -> AsyncGenerator[Sequence[BackupSet]]:
    """Open the places of backups with what they are made of; the database is opened for it where none is given.

    Raises what `open_places` and `open_database` do.
    """
    async with contextlib.AsyncExitStack() as stack:
        places = await stack.enter_async_context(open_places(settings, options))
        if database is None:
            database = await stack.enter_async_context(open_database(settings))
        blobs = await open_blobs(stack, settings, options.tokens if options else None)
        trees = await _folders(stack, settings.data_dir, DATA_TREES)
        data = BackupSources(
            version=build_version(settings.revision),
            database=PostgresDumper(database),
            trees={BLOBS_TREE: blobs, **trees},
            left_out=(f"{BLOBS_TREE}/{BACKUPS}/",),
        )

        async def gather_data() -> BackupSources:
            return data

        async def gather_configuration() -> BackupSources:
            private = await _folders(stack, settings.data_dir, PRIVATE_TREES)
            return BackupSources(
                version=build_version(settings.revision),
                trees={DOCUMENTS_TREE: await _documents(stack, settings), **private},
                left_out=("keys/backup.key",),
            )

        yield [
            BackupSet(place=places[BackupKind.CONFIGURATION], make_sources=gather_configuration),
            BackupSet(place=places[BackupKind.DATABASE], make_sources=gather_data),
        ]


async def _folders(stack: contextlib.AsyncExitStack, parent: Path, names: Sequence[str]) -> dict[str, BlobStore]:
    return {name: await open_folder(stack, parent / name) for name in names if (parent / name).is_dir()}


async def _documents(stack: contextlib.AsyncExitStack, settings: Settings) -> BlobStore:
    """Return the declaration, the settings that are no secrets, and the file of models, as blobs."""
    store = memory_blob_store()
    stack.push_async_callback(store.aclose)
    shown = [name for name, field in Settings.model_fields.items() if field.repr]
    told = settings.model_dump(mode="json", include=set(shown), exclude_none=True)
    await store.put("topology.json", json.dumps(as_document(TOPOLOGY), indent=1).encode())
    await store.put("settings.json", json.dumps(told, indent=1).encode())
    if settings.models is not None and settings.models.is_file():
        await store.put("models.yaml", await asyncio.to_thread(settings.models.read_bytes))
    return store


async def _sealer(settings: Settings, options: PlaceOptions) -> AesGcmSealer:
    named = settings.backup_key_env
    if named is None:
        path, may_make = settings.backup_key_path, options.may_make_key
        return AesGcmSealer(await asyncio.to_thread(open_backup_keys, path, may_make=may_make))
    name = vault_name(named)
    if name is None:
        return AesGcmSealer(read_backup_keys(read_secret(named), named=named))
    secret = await vault_of(settings, name, options.tokens).read(name)
    return AesGcmSealer(read_backup_keys(secret, named=named))

"""The wiring of the blobs: a folder of this machine, or a storage account on Azure."""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.application.link_downloads import DownloadLinks
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.blob_links import BlobLinks
from textnlp.ports.blob_store import BlobStore
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import CONTAINERS


async def open_blobs(
    stack: contextlib.AsyncExitStack, settings: Settings, tokens: AccessTokens | None = None
) -> BlobStore:
    """Open the blobs that the settings name, to be closed with `stack`; a storage account is not connected to.

    Raises `INVALID_INPUT` for an address that cannot be read, `UNAVAILABLE` where the folder cannot be made.
    """
    if settings.blob_url:
        return _storage_account(stack, settings.blob_url, access_tokens(tokens))
    return await open_folder(stack, settings.blobs_dir)


async def open_store_at(
    stack: contextlib.AsyncExitStack, address: str, tokens: AccessTokens | None = None
) -> BlobStore:
    """Open a folder, by its path, or a storage account, by its address, to be closed with `stack`.

    Raises what `open_blobs` does.
    """
    if "://" in address:
        return _storage_account(stack, address, access_tokens(tokens))
    return await open_folder(stack, Path(address))


def download_links(settings: Settings, store: BlobStore) -> DownloadLinks:
    """Return what makes links to large files of a storage account; a folder has none."""
    return DownloadLinks(
        links=store if isinstance(store, BlobLinks) else None,
        from_bytes=settings.download_link_bytes,
        lasts=timedelta(seconds=TOPOLOGY.limits.download_link_seconds),
    )


async def open_folder(stack: contextlib.AsyncExitStack, root: Path) -> BlobStore:
    """Open a folder of this machine, to be closed with `stack`."""
    store = await asyncio.to_thread(local_blob_store, root, clock=SYSTEM_CLOCK)
    stack.push_async_callback(store.aclose)
    return store


def _storage_account(stack: contextlib.AsyncExitStack, address: str, tokens: AccessTokens) -> BlobStore:
    from textnlp.adapters.blobs.azure_account import AzureBlobStore, azure_account  # noqa: PLC0415  where it is asked for

    account = azure_account(address, tokens=tokens, clock=SYSTEM_CLOCK)
    stack.push_async_callback(tokens.aclose)
    store = AzureBlobStore(account, containers=[container.name for container in CONTAINERS])
    stack.push_async_callback(store.aclose)
    return store

"""Blobs of the containers of one storage account."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

from textnlp.adapters.blobs.azure_address import read_storage_address
from textnlp.adapters.blobs.azure_container import AzureAccount, AzureContainerBlobStore
from textnlp.adapters.blobs.azure_credential import StorageCredential
from textnlp.adapters.blobs.azure_service import AzureBlobService
from textnlp.adapters.blobs.paths import require_blob_path, require_prefix
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.blob_store import BlobInfo, BlobWriter
from textnlp.ports.blob_tiers import BlobTier
from textnlp.ports.clock import Clock


def azure_account(
    address: str, *, tokens: AccessTokens, clock: Clock, ca_file: Path | None = None, poll_seconds: float = 5.0
) -> AzureAccount:
    """Make what the containers of the account at `address` share, without connecting.

    Raises `INVALID_INPUT` for an address that cannot be read.
    """
    read = read_storage_address(address)
    credential = StorageCredential(tokens)
    service = AzureBlobService(read, credential=credential, clock=clock, ca_file=ca_file)
    return AzureAccount(
        address=read,
        credential=credential,
        service=service,
        clock=clock,
        ca_file=ca_file,
        poll_seconds=poll_seconds,
    )


class AzureBlobStore:
    """Satisfies the `BlobStore` port, and `BlobLinks` and `BlobTiers` beside it, with several containers.

    The first part of a path is the container; a path in none of them raises `INVALID_INPUT`. No container is made
    here. `move` and `watch` stay within one container.
    """

    def __init__(self, account: AzureAccount, *, containers: Sequence[str]) -> None:
        self._service = account.service
        self._stores = {name: AzureContainerBlobStore(name, account=account) for name in sorted(containers)}

    async def put(
        self,
        path: str,
        data: bytes,
        *,
        if_absent: bool = False,
        if_etag: str | None = None,
    ) -> BlobInfo:
        """Write a blob at once."""
        container, name = self._split(path)
        info = await self._stores[container].put(name, data, if_absent=if_absent, if_etag=if_etag)
        return _within(container, info)

    def open_writer(self, path: str) -> AbstractAsyncContextManager[BlobWriter]:
        """Write a large blob in blocks."""
        container, name = self._split(path)
        return self._stores[container].open_writer(name)

    async def get(self, path: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """Read a blob or a part of it."""
        container, name = self._split(path)
        return await self._stores[container].get(name, offset=offset, length=length)

    async def stream(self, path: str, *, chunk_bytes: int = 1 << 20) -> AsyncGenerator[bytes]:
        """Read a blob in pieces, all of the version that it had at the beginning."""
        container, name = self._split(path)
        async with contextlib.aclosing(self._stores[container].stream(name, chunk_bytes=chunk_bytes)) as pieces:
            async for piece in pieces:
                yield piece

    async def head(self, path: str) -> BlobInfo:
        """Tell what is known of a blob."""
        container, name = self._split(path)
        return _within(container, await self._stores[container].head(name))

    async def entries(self, prefix: str = "") -> AsyncGenerator[BlobInfo]:
        """List blobs whose path begins with `prefix`, sorted by path, in every container that it can mean."""
        require_prefix(prefix)
        container, slash, rest = prefix.partition("/")
        for name, store in self._stores.items():
            if name == container or (not slash and name.startswith(container)):
                async with contextlib.aclosing(store.entries(rest)) as infos:
                    async for info in infos:
                        yield _within(name, info)

    async def move(self, path: str, to: str) -> BlobInfo:
        """Rename a blob within its container, replacing one at `to`; raise `INVALID_INPUT` for another container."""
        container, name = self._split(path)
        target, target_name = self._split(to)
        if container != target:
            raise _elsewhere(to, f"Move it within {container}.")
        return _within(container, await self._stores[container].move(name, target_name))

    async def delete(self, path: str) -> None:
        """Remove a blob, if it is there."""
        container, name = self._split(path)
        await self._stores[container].delete(name)

    async def watch(self, prefix: str) -> AsyncGenerator[BlobInfo]:
        """Yield the blobs under `prefix`, which names a container, then those that come."""
        require_prefix(prefix)
        container, slash, rest = prefix.partition("/")
        if not slash or container not in self._stores:
            raise _elsewhere(prefix, self._known)
        async with contextlib.aclosing(self._stores[container].watch(rest)) as infos:
            async for info in infos:
                yield _within(container, info)

    async def check(self) -> None:
        """Return when each container can be listed."""
        await asyncio.gather(*(store.check() for store in self._stores.values()))

    async def aclose(self) -> None:
        """Close the connections and let the threads end."""
        for store in self._stores.values():
            await store.aclose()
        await self._service.aclose()

    async def set_tier(self, path: str, tier: BlobTier) -> None:
        """Put a blob into a tier."""
        container, name = self._split(path)
        await self._stores[container].set_tier(name, tier)

    async def link(self, path: str, *, lasts: timedelta, file_name: str) -> str:
        """Return an https link that reads the blob for so long."""
        container, name = self._split(path)
        return await self._stores[container].link(name, lasts=lasts, file_name=file_name)

    @property
    def _known(self) -> str:
        return f"Begin it with one of {', '.join(f'{name}/' for name in self._stores)}."

    def _split(self, path: str) -> tuple[str, str]:
        require_blob_path(path)
        container, _, name = path.partition("/")
        if not name or container not in self._stores:
            raise _elsewhere(path, self._known)
        return container, name


def _elsewhere(path: str, hint: str) -> TextNLPError:
    return TextNLPError(
        f"{path!a} is in no container that can be used here.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint=hint, field="path"),
    )


def _within(container: str, info: BlobInfo) -> BlobInfo:
    return dataclasses.replace(info, path=f"{container}/{info.path}")

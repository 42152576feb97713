"""Blobs of one container on Azure Blob Storage."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from obstore.exceptions import BaseError
from obstore.store import AzureStore

from textnlp.adapters.blobs.azure_address import StorageAddress
from textnlp.adapters.blobs.azure_credential import StorageCredential
from textnlp.adapters.blobs.azure_failures import azure_failure
from textnlp.adapters.blobs.azure_service import AzureBlobService
from textnlp.adapters.blobs.obstore_store import ObstoreBlobStore
from textnlp.adapters.blobs.paths import is_unfinished, require_blob_path, require_prefix
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobInfo
from textnlp.ports.blob_tiers import BlobTier
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from obstore.store import ClientConfig

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureAccount:
    """What the containers of one account share.

    Attributes:
        ca_file: authorities to trust beside those of the system.
        poll_seconds: how often a watch looks for new blobs.
    """

    address: StorageAddress
    credential: StorageCredential
    service: AzureBlobService
    clock: Clock
    ca_file: Path | None = None
    poll_seconds: float = 5.0


class AzureContainerBlobStore(ObstoreBlobStore):
    """Satisfies the `BlobStore` port, and `BlobLinks` and `BlobTiers` beside it.

    Blobs are read, written and listed by obstore; what it cannot do goes through `AzureBlobService`. A large blob is
    sent as blocks that count when the list of them is written at the end; where two writers of one path are at it at
    once, the first to end wins, and the other gets `CONFLICT`.
    """

    def __init__(self, name: str, *, account: AzureAccount) -> None:
        super().__init__(_opened(name, account))
        self._name = name
        self._account = account

    async def move(self, path: str, to: str) -> BlobInfo:
        """Rename a blob, replacing one at `to`; both are there for a moment."""
        require_blob_path(path)
        require_blob_path(to)
        if path != to:
            await self._account.service.move(self._name, path, to=to)
        return await self.head(to)

    async def set_tier(self, path: str, tier: BlobTier) -> None:
        """Put a blob into a tier."""
        require_blob_path(path)
        await self._account.service.set_tier(self._name, path, tier)

    async def link(self, path: str, *, lasts: timedelta, file_name: str) -> str:
        """Return an https link that reads the blob for so long."""
        require_blob_path(path)
        return await self._account.service.link(self._name, path, lasts=lasts, file_name=file_name)

    async def watch(self, prefix: str) -> AsyncGenerator[BlobInfo]:
        """Yield the blobs under `prefix`, then those that a later look finds; hidden and temporary names are left out.

        A blob on Azure appears when it is whole. While the store cannot be reached after the first look, the watch
        waits.
        """
        require_prefix(prefix)
        told: dict[str, str] = {}
        found = await self._finished(prefix)
        while True:
            told = {path: etag for path, etag in told.items() if path in found}
            for path, info in found.items():
                if told.get(path) != info.etag:
                    told[path] = info.etag
                    yield info
            await self._account.clock.sleep(self._account.poll_seconds)
            try:
                found = await self._finished(prefix)
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE:
                    raise

    async def check(self) -> None:
        """Return when the container can be listed."""
        await self._run(lambda: next(iter(self._list(None)), None), f"{self._name}/")

    async def _finished(self, prefix: str) -> dict[str, BlobInfo]:
        return {info.path: info async for info in self.entries(prefix) if not is_unfinished(info.path)}

    async def _run(self, call: Callable[[], _Result], path: str) -> _Result:
        await self._account.credential.renew()
        try:
            return await self._threads.run(call)
        except (BaseError, OSError) as exc:
            raise azure_failure(exc, path=path, endpoint=self._account.address.endpoint) from exc


def _opened(name: str, account: AzureAccount) -> AzureStore:
    options: ClientConfig = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(minutes=5)}
    if account.ca_file is not None:
        options["root_certificate"] = account.ca_file.read_bytes()
    return AzureStore(
        name,
        account_name=account.address.account,
        endpoint=account.address.endpoint,
        credential_provider=account.credential,
        client_options=options,
        retry_config={
            "max_retries": 3,
            "retry_timeout": timedelta(seconds=20),
            "backoff": {"init_backoff": timedelta(seconds=0.5), "max_backoff": timedelta(seconds=4), "base": 2},
        },
    )

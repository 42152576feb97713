"""What obstore cannot do with blobs on Azure, through the library of Azure: move, change the tier, and sign links."""

import contextlib
from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textnlp.adapters.blobs.azure_address import StorageAddress
from textnlp.adapters.blobs.azure_credential import StorageCredential
from textnlp.adapters.blobs.azure_failures import refusal
from textnlp.domain.files.attachment import as_attachment
from textnlp.domain.missing_extra import missing_extra
from textnlp.ports.blob_tiers import BlobTier
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.storage.blob import UserDelegationKey
    from azure.storage.blob.aio import BlobClient, BlobServiceClient

_POLL_SECONDS = 0.5
_CLOCK_SKEW = timedelta(minutes=5)
_KEY_LASTS = timedelta(hours=12)


class AzureBlobService:
    """The account's blobs by container and name; connects when it is first asked."""

    def __init__(
        self, address: StorageAddress, *, credential: StorageCredential, clock: Clock, ca_file: Path | None
    ) -> None:
        self._address = address
        self._credential = credential
        self._clock = clock
        self._ca_file = ca_file
        self._client: BlobServiceClient | None = None
        self._key: UserDelegationKey | None = None
        self._key_ends = clock.now()

    async def move(self, container: str, name: str, *, to: str) -> None:
        """Copy a blob inside the account, wait until the copy is whole, and remove what was copied.

        The copy is of one version, and only that version is removed: where the blob was written meanwhile, both stay
        and `CONFLICT` is raised.
        """
        from azure.core import MatchConditions  # noqa: PLC0415  an extra

        source, target = self._blob(container, name), self._blob(container, to)
        with self._failures_told(name):
            etag = (await source.get_blob_properties()).etag
            await target.start_copy_from_url(
                source.url, source_etag=etag, source_match_condition=MatchConditions.IfNotModified
            )
            while (status := (await target.get_blob_properties()).copy.status) == "pending":
                await self._clock.sleep(_POLL_SECONDS)
            if status != "success":
                raise refusal(name, code=f"Copy{status}", status=0, endpoint=self._address.endpoint)
            await source.delete_blob(etag=etag, match_condition=MatchConditions.IfNotModified)

    async def set_tier(self, container: str, name: str, tier: BlobTier) -> None:
        """Put a blob into another access tier."""
        blob = self._blob(container, name)
        with self._failures_told(name):
            await blob.set_standard_blob_tier(tier.value.capitalize())

    async def link(self, container: str, name: str, *, lasts: timedelta, file_name: str) -> str:
        """Return an https link that reads one blob for so long, signed by a key that Azure gave this identity."""
        from azure.storage.blob import BlobSasPermissions, generate_blob_sas  # noqa: PLC0415  an extra

        now = self._clock.now()
        signature = generate_blob_sas(
            self._address.account,
            container,
            name,
            user_delegation_key=await self._delegation_key(until=now + lasts),
            permission=BlobSasPermissions(read=True),
            start=now - _CLOCK_SKEW,
            expiry=now + lasts,
            protocol="https",
            content_disposition=as_attachment(file_name),
        )
        return f"{self._blob(container, name).url}?{signature}"

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _delegation_key(self, *, until: datetime) -> "UserDelegationKey":
        if self._key is None or self._key_ends < until:
            now = self._clock.now()
            ends = max(until, now + _KEY_LASTS)
            with self._failures_told(""):
                client = self._connected()
                self._key = await client.get_user_delegation_key(now - _CLOCK_SKEW, ends)
            self._key_ends = ends
        return self._key

    def _blob(self, container: str, name: str) -> "BlobClient":
        return self._connected().get_blob_client(container, name)

    def _connected(self) -> "BlobServiceClient":
        if self._client is None:
            self._client = self._opened()
        return self._client

    def _opened(self) -> "BlobServiceClient":
        try:
            from azure.storage.blob.aio import BlobServiceClient  # noqa: PLC0415  an extra
        except ImportError as exc:
            told = "The blobs are on Azure, and the library for it is not installed."
            raise missing_extra(told, extra="azure", field="blob_url") from exc
        trust: dict[str, Any] = {} if self._ca_file is None else {"connection_verify": str(self._ca_file)}
        return BlobServiceClient(
            self._address.endpoint,
            self._credential,
            initial_backoff=1,
            increment_base=2,
            retry_total=3,
            random_jitter_range=1,
            **trust,
        )

    @contextlib.contextmanager
    def _failures_told(self, name: str) -> Generator[None]:
        from azure.core.exceptions import AzureError, HttpResponseError  # noqa: PLC0415  an extra

        try:
            yield
        except HttpResponseError as exc:
            code = str(getattr(exc, "error_code", None) or "")
            status = exc.status_code or 0
            raise refusal(name, code=code, status=status, endpoint=self._address.endpoint) from exc
        except AzureError as exc:
            raise refusal(name, code="", status=0, endpoint=self._address.endpoint) from exc

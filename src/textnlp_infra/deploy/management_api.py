"""Documents of Azure Resource Manager by their paths: for services that the libraries of deployments do not know."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp_infra.deploy.arm_errors import told

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.rest import AsyncHttpResponse, HttpRequest
    from azure.mgmt.core import AsyncARMPipelineClient

MOST_PAGES = 200
"""Pages of a listing that are read; more is a listing that never ends."""


@dataclass(frozen=True, slots=True)
class ManagementApi:
    """Reads and sends documents, with the retries, the sign-in and the errors of the libraries.

    Every call raises `RefusedError` with Azure's own error, and `UNAVAILABLE` where there is no connection.
    """

    _address: str
    _client: "AsyncARMPipelineClient[HttpRequest, AsyncHttpResponse]"

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, address: str, credential: "AsyncTokenCredential", *, ca_file: Path | None = None
    ) -> AsyncGenerator["ManagementApi"]:
        """Open a connection for as long as the block lasts."""
        from azure.core.pipeline import policies  # noqa: PLC0415  an extra
        from azure.mgmt.core import AsyncARMPipelineClient  # noqa: PLC0415  an extra
        from azure.mgmt.core.policies import (  # noqa: PLC0415  an extra
            ARMHttpLoggingPolicy,
            AsyncARMChallengeAuthenticationPolicy,
        )

        chain: list[Any] = [
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.ContentDecodePolicy(),
            policies.AsyncRetryPolicy(),
            AsyncARMChallengeAuthenticationPolicy(credential, f"{address}/.default"),
            ARMHttpLoggingPolicy(),
        ]
        options: dict[str, Any] = {"connection_verify": str(ca_file)} if ca_file is not None else {}
        client: AsyncARMPipelineClient[HttpRequest, AsyncHttpResponse] = AsyncARMPipelineClient(
            address, policies=chain, **options
        )
        async with client:
            yield cls(address, client)

    async def pages(self, path: str, *, api_version: str, **query: str) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the items of a listing; `query` without the dollar signs of OData."""
        asked = {"api-version": api_version, **{f"${name}": value for name, value in query.items()}}
        url, params = path, asked
        for _ in range(MOST_PAGES):
            page = await self._document("GET", url, params=params)
            for item in cast("list[Mapping[str, Any]]", page.get("value") or []):
                yield item
            following = page.get("nextLink")
            if not following:
                return
            url, params = self._own(str(following)), {}
        raise TextNLPError(f"{path} has more than {MOST_PAGES} pages.", kind=ErrorKind.UNAVAILABLE)

    async def send(self, method: str, path: str, body: Mapping[str, Any], *, api_version: str) -> Mapping[str, Any]:
        """Send a document and return what Azure answers."""
        return await self._document(method, path, params={"api-version": api_version}, body=body)

    async def _document(
        self, method: str, url: str, *, params: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        from azure.core.exceptions import HttpResponseError  # noqa: PLC0415  an extra
        from azure.core.rest import HttpRequest  # noqa: PLC0415  an extra

        place = url if url.startswith(self._address) else f"{self._address}{url}"
        request = HttpRequest(method, place, params=dict(params), json=body)
        with told(f"{method} {urlsplit(place).path}"):
            response = await self._client.send_request(request)
            if not 200 <= response.status_code < 300:  # noqa: PLR2004  success
                raise HttpResponseError(response=response)
            return cast("Mapping[str, Any]", response.json() or {})

    def _own(self, link: str) -> str:
        """Return a link to the next page; a token is sent to nobody else."""
        if urlsplit(link)[:2] != urlsplit(self._address)[:2]:
            raise TextNLPError(f"Azure continues a listing at another address: {link}.", kind=ErrorKind.UNAVAILABLE)
        return link

"""The calls of the Batch API: batches made, looked at, found and cancelled."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from yarl import URL

from textnlp.adapters.engines.openai_compatible.connections import read_bounded
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.openai_compatible.provider_files import ACCEPTED, decoded
from textnlp.adapters.engines.provider_batch.documents import BatchPage, BatchStatus
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey

KEY_NAME = "textnlp_batch"
"""Under this name a batch's key stands in its metadata."""

_PAGE_ROWS = 100
_MOST_PAGES = 1_000
_CLOCK_SLACK = timedelta(hours=1)


class BatchApi:
    """Speaks to one endpoint; every method is one attempt, but `find`, which turns pages.

    Raises what the online engine raises for the same refusals, and `BAD_RESPONSE` for an answer that is none.
    """

    def __init__(self, endpoint: Endpoint, options: ProviderBatchOptions) -> None:
        self._endpoint = endpoint
        self._options = options
        self._address = endpoint.address
        self._batches = self._address.resource("batches")

    async def create(self, file_id: str, *, key: ProviderBatchKey) -> BatchStatus:
        """Make a batch of an uploaded file."""
        asked = {
            "input_file_id": file_id,
            "endpoint": self._options.completions_path,
            "completion_window": "24h",
            "metadata": {KEY_NAME: key},
        }
        return decoded(await self._asked("POST", self._batches, body=asked), BatchStatus)

    async def get(self, batch_id: str) -> BatchStatus:
        """Return how a batch stands."""
        return decoded(await self._asked("GET", self._address.resource("batches", batch_id)), BatchStatus)

    async def cancel(self, batch_id: str) -> None:
        """Ask for a batch to be cancelled; what it has answered by then is kept and paid."""
        await self._asked("POST", self._address.resource("batches", batch_id, "cancel"), body={})

    async def find(self, key: ProviderBatchKey, *, since: datetime) -> BatchStatus | None:
        """Return the batch that carries `key` and has not failed, None where there is none.

        Looks through what was made after `since`, with an hour for clocks that differ. Raises `BAD_RESPONSE` for a
        list that does not end, for then it cannot be told whether there is one.
        """
        oldest = (since - _CLOCK_SLACK).timestamp()
        after: str | None = None
        for _ in range(_MOST_PAGES):
            asked = {"limit": str(_PAGE_ROWS)} | ({} if after is None else {"after": after})
            page = decoded(await self._asked("GET", self._batches.update_query(asked)), BatchPage)
            for batch in page.data:
                if (batch.metadata or {}).get(KEY_NAME) == key and batch.status != "failed":
                    return batch
            if not page.has_more or not page.data or page.data[-1].created_at < oldest:
                return None
            after = page.data[-1].id
        raise TextNLPError("The provider's list of batches has no end.", kind=ErrorKind.BAD_RESPONSE)

    async def _asked(self, method: str, url: URL, *, body: Mapping[str, Any] | None = None) -> bytes:
        async with self._endpoint.requested(
            method,
            url,
            body=None if body is None else msgspec.json.encode(body),
            timeout_seconds=self._options.call_seconds,
            accepted=ACCEPTED,
        ) as response:
            return await read_bounded(response)

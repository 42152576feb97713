"""Lets go of batches of which nothing is owed any more."""

import logging

from textnlp.adapters.engines.provider_batch.context import BatchContext
from textnlp.adapters.engines.provider_batch.documents import BatchStatus
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey

_LOG = logging.getLogger(__name__)


class Settlement:
    """Settles batches in the journal, and then deletes their files, so that no record is left without them."""

    def __init__(self, context: BatchContext) -> None:
        self._context = context
        self._lingering: dict[ProviderBatchKey, tuple[str, ...]] = {}

    async def linger(self, record: ProviderBatch, status: BatchStatus | None) -> None:
        """Keep the record until callers have stored what they were given, then settle it."""
        files = () if status is None else status.result_files
        self._lingering[record.key] = files if record.file_id is None else (record.file_id, *files)
        await self._context.clock.sleep(self._context.options.linger_seconds)
        await self._settle(record.key)

    async def settle_lingering(self) -> None:
        """Settle at once what is done with."""
        for key in list(self._lingering):
            await self._settle(key)

    async def _settle(self, key: ProviderBatchKey) -> None:
        context = self._context
        try:
            await context.patience.insist(lambda: context.journal.settle(key))
            file_ids = self._lingering.pop(key, ())
            if context.options.deletes_files:
                for file_id in file_ids:
                    await self._delete(file_id)
        except TextNLPError as error:
            _LOG.warning("Batch %s stays recorded, or its files at the provider: %s", key, error.message)

    async def _delete(self, file_id: str) -> None:
        try:
            await self._context.files.delete(file_id)
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise

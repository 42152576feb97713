"""Finds out what became of batches that an earlier process has recorded."""

import dataclasses
from datetime import datetime, timedelta

from textnlp.adapters.engines.provider_batch.context import BatchContext
from textnlp.adapters.engines.provider_batch.submission import Submission
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.identifiers import ProviderBatchKey


class Adoption:
    """Looks batches up in the journal and at the provider."""

    def __init__(self, context: BatchContext, *, submission: Submission) -> None:
        self._context = context
        self._submission = submission

    async def locate(self, record: ProviderBatch) -> ProviderBatch | None:
        """Return the record with the id of its batch, None once it is clear that there is no batch.

        Where the provider has none under the record's key, whoever was to make it may be about to; so it is looked for
        until the record has not been touched for `abandoned_seconds`, and is then removed.
        """
        context = self._context
        known: ProviderBatch | None = record
        while known is not None and known.batch_id is None:
            found = await self._found(known)
            if found is not None:
                return found
            since = context.clock.now() - timedelta(seconds=context.options.abandoned_seconds)
            if await self._is_abandoned(known.key, since=since):
                return None
            # The pause does not grow: the other process may be done within minutes, and lets go of the record then.
            await context.clock.sleep(context.options.first_poll_seconds)
            known = await self._present(known.key)
        return known

    async def _found(self, record: ProviderBatch) -> ProviderBatch | None:
        if record.file_id is None or (batch := await self._submission.find(record)) is None:
            return None
        found = dataclasses.replace(record, batch_id=batch.id)
        await self._context.patience.persist(lambda: self._submission.mark(found))
        return found

    async def _is_abandoned(self, key: ProviderBatchKey, *, since: datetime) -> bool:
        journal = self._context.journal
        return await self._context.patience.persist(lambda: journal.settle_untouched(key, since=since))

    async def _present(self, key: ProviderBatchKey) -> ProviderBatch | None:
        journal = self._context.journal
        return await self._context.patience.persist(lambda: journal.find(key))

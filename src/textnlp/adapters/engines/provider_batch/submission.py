"""Hands batches over to the provider, so that a crash at any moment is found again in the journal."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Iterator

from textnlp.adapters.engines.openai_compatible.faults import ENQUEUED_TOKENS
from textnlp.adapters.engines.openai_compatible.provider_files import ProviderFile
from textnlp.adapters.engines.provider_batch.context import BatchContext
from textnlp.adapters.engines.provider_batch.documents import BatchStatus
from textnlp.adapters.engines.provider_batch.flights import CarriedBatch, Flight
from textnlp.adapters.engines.provider_batch.quota import TokenQuota
from textnlp.adapters.engines.provider_batch.request_lines import RequestLines
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey, new_provider_batch_key

_AMBIGUOUS = frozenset({ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE, ErrorKind.BAD_RESPONSE})
"""Kinds of a refused creation after which the batch may be there all the same."""


class QuotaRefusalError(Exception):
    """Says that a batch has to be split before it can fit into the provider's quota."""


class _TakenForAbandonedError(Exception):
    """Says that another process has removed the record of a batch that is being handed over."""


class Submission:
    """Uploads requests and makes batches of them, one attempt after the other until the provider takes one.

    The journal is written before the upload, before each attempt to make the batch, and after it is made. A batch
    is made only where the journal still held it a moment before.
    """

    def __init__(self, context: BatchContext, *, lines: RequestLines) -> None:
        self._context = context
        self._lines = lines

    async def hand_over(self, model: str, flights: list[Flight], quota: TokenQuota) -> CarriedBatch | None:
        """Return the batch that was made of the flights that somebody waits for; None where nobody waits for any.

        Takes the quota's turn. Raises `QuotaRefusalError` where the batch has to be split, and the error of the
        provider where it will not have the file or cannot be reached; nothing of it is then left in the journal.
        """
        async with quota.turn:
            while True:
                wanted = [flight for flight in flights if flight.is_wanted]
                if not wanted:
                    return None
                tokens = sum(flight.prompt_tokens for flight in wanted)
                _require_small(wanted, tokens, quota)
                await quota.room_for(tokens)
                record = await self._recorded(model, wanted, tokens)
                try:
                    return await self._handed_over(record, wanted, quota)
                except _TakenForAbandonedError:
                    continue

    async def _recorded(self, model: str, flights: list[Flight], tokens: int) -> ProviderBatch:
        now = self._context.clock.now()
        record = ProviderBatch(
            key=new_provider_batch_key(now),
            deployment=self._context.deployment,
            model=model,
            hashes=tuple(flight.key for flight in flights),
            prompt_tokens=tokens,
            round=max(flight.round for flight in flights) + 1,
            recorded_at=now,
            touched_at=now,
        )
        await self._context.patience.insist(lambda: self._context.journal.record(record))
        return record

    async def _handed_over(self, record: ProviderBatch, flights: list[Flight], quota: TokenQuota) -> CarriedBatch:
        attempt = _Attempt(record)
        try:
            attempt.file_id = await self._uploaded(record.key, flights)
            batch = await self._created(attempt, attempt.file_id, quota)
        except (asyncio.CancelledError, TextNLPError, QuotaRefusalError, _TakenForAbandonedError):
            if not attempt.may_exist:
                await self._withdraw(attempt)
            raise
        quota.enter(record.key, record.prompt_tokens)
        for flight in flights:
            flight.round += 1
        carried = CarriedBatch(dataclasses.replace(record, file_id=attempt.file_id, batch_id=batch.id), flights)
        await self._context.patience.persist(lambda: self.mark(carried.record))
        return carried

    async def _uploaded(self, key: ProviderBatchKey, flights: list[Flight]) -> str:
        """Upload the requests and return the file's id once the provider has looked it through."""

        def lines() -> Iterator[bytes]:
            return self._lines.of(flights)

        size_bytes = sum(flight.size_bytes for flight in flights)
        file = await self._context.patience.insist(
            lambda: self._context.files.upload(f"{key}.jsonl", lines, size_bytes=size_bytes, purpose="batch")
        )
        pauses = self._context.poll_pauses()
        file_id = file.id

        async def looked_at() -> ProviderFile:
            return await self._context.files.find(file_id)

        while file.is_pending:
            await self._context.clock.sleep(pauses.next())
            file = await self._context.patience.insist(looked_at)
        if file.is_refused:
            raise TextNLPError(
                f"The provider refused the file of the batch: {file.status_details or file.status}.",
                kind=ErrorKind.INVALID_INPUT,
            )
        return file_id

    async def _created(self, attempt: "_Attempt", file_id: str, quota: TokenQuota) -> BatchStatus:
        """Make the batch; whenever it may have been made unseen, look for it before it is made again."""
        record = dataclasses.replace(attempt.record, file_id=file_id)
        pauses = self._context.retry_pauses()
        failures = 0
        while True:
            if not await self._context.patience.insist(lambda: self.mark(record)):
                raise _TakenForAbandonedError
            attempt.may_exist = True
            try:
                return await self._context.api.create(file_id, key=record.key)
            except TextNLPError as error:
                refusal = error
            if refusal.kind in _AMBIGUOUS and (found := await self.find(record)) is not None:
                return found
            attempt.may_exist = False
            if refusal.facts.limit_name == ENQUEUED_TOKENS:
                quota.refuse(refusal.message)
                if quota.must_split(record.prompt_tokens) and len(record.hashes) > 1:
                    raise QuotaRefusalError from refusal
                await quota.room_for(record.prompt_tokens)
                continue
            failures += 1
            if not refusal.is_retryable or failures >= self._context.options.max_attempts:
                raise refusal
            await self._context.clock.sleep(pauses.next())

    async def find(self, record: ProviderBatch) -> BatchStatus | None:
        """Return the batch that the provider has made for a record, whatever it takes to learn of it."""
        return await self._context.patience.persist(
            lambda: self._context.api.find(record.key, since=record.recorded_at)
        )

    async def mark(self, record: ProviderBatch) -> bool:
        """Write how far a batch has come; return whether the journal still holds it."""
        at = self._context.clock.now()
        return await self._context.journal.mark(
            record.key, file_id=record.file_id or "", batch_id=record.batch_id, at=at
        )

    async def _withdraw(self, attempt: "_Attempt") -> None:
        """Forget a batch that was not made, as well as can be."""
        with contextlib.suppress(TextNLPError):
            await self._context.journal.settle(attempt.record.key)
        if attempt.file_id is not None and self._context.options.deletes_files:
            with contextlib.suppress(TextNLPError):
                await self._context.files.delete(attempt.file_id)


class _Attempt:
    """How far one batch has come: `may_exist` while the provider may have made it without saying so."""

    def __init__(self, record: ProviderBatch) -> None:
        self.record = record
        self.file_id: str | None = None
        self.may_exist = False


def _require_small(flights: list[Flight], tokens: int, quota: TokenQuota) -> None:
    if len(flights) > 1 and quota.must_split(tokens):
        raise QuotaRefusalError

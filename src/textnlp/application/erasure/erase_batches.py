"""Erase the rows of batches that name a person: what was asked, what was answered, and the files made of both."""

import contextlib
import dataclasses
import json
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass

from textnlp.application.erasure.rewrite_blob import is_there, read_lines, rewrite_lines
from textnlp.domain.batches.manifest import ManifestFacts, batch_manifest
from textnlp.domain.batches.model import Batch, RowOutcome
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.erasure.redaction import ERASED, index_of, redact_json_lines, redact_requests, redacted
from textnlp.domain.erasure.terms import SearchTerms
from textnlp.domain.identifiers import BatchId
from textnlp.ports.batch_ledger import BatchLedger
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.erasable_place import Found
from textnlp.ports.ledger_erasure import LedgerErasure
from textnlp.ports.result_files import GENERATIONS_JSONL, ResultFiles

_PAGE = 200
_JOB_FILES = ("job-output.jsonl", "job-error.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasableBatches:
    """Satisfies `ErasablePlace` with the rows of all batches.

    A row is erased as a whole where either its prompt or its answer names the person. It stays in the ledger with its
    state and its figures, so that the balance of its batch holds. The ledger is changed first, files are made of it
    then, and the prompts, by which the row is found again, come last: what was cut short is found and completed.
    """

    ledger: BatchLedger
    rows: LedgerErasure
    blobs: BlobStore
    results: ResultFiles

    async def go_through(self, terms: SearchTerms, *, is_rehearsal: bool) -> Found:
        """Erase the rows that name the person."""
        rows = 0
        async with contextlib.aclosing(self._batches()) as batches:
            async for batch in batches:
                asked = await self._asked(batch, terms)
                answered = await self._answered(batch.id, terms, asked)
                found = asked | {outcome.row_index for outcome in answered}
                rows += len(found)
                if found and not is_rehearsal:
                    await self._erase(batch, terms, found, answered)
        return Found(counts={"batch_rows": rows} if rows else {})

    async def _batches(self) -> AsyncGenerator[Batch]:
        page = await self.ledger.newest(limit=_PAGE)
        while page:
            for batch in page:
                yield batch
            page = await self.ledger.newest(before=page[-1].id, limit=_PAGE)

    async def _asked(self, batch: Batch, terms: SearchTerms) -> set[int]:
        """Return the rows whose line of the requests names the person."""
        if not batch.requests_path or not await is_there(self.blobs, batch.requests_path):
            return set()
        found: set[int] = set()
        async with contextlib.aclosing(read_lines(self.blobs, batch.requests_path)) as groups:
            async for lines in groups:
                named = [index_of(line) for line in lines if terms.are_in(line)]
                found.update(index for index in named if index is not None)
        return found

    async def _answered(self, batch_id: BatchId, terms: SearchTerms, asked: Collection[int]) -> list[RowOutcome]:
        """Return the outcomes that name the person or answer a prompt that does."""
        found: list[RowOutcome] = []
        async with contextlib.aclosing(self.ledger.stream(batch_id)) as pages:
            async for page in pages:
                found += [each for each in page if each.row_index in asked or _names(each, terms)]
        return found

    async def _erase(
        self, batch: Batch, terms: SearchTerms, rows: Collection[int], outcomes: Sequence[RowOutcome]
    ) -> None:
        ids = {outcome.row_id for outcome in outcomes}
        for start in range(0, len(outcomes), _PAGE):
            page = [_blank(outcome, terms) for outcome in outcomes[start : start + _PAGE]]
            await self.rows.replace(batch.id, page)
        await self._write_results(batch)
        for name in _JOB_FILES:
            path = f"{batch.output_prefix}{name}"
            await rewrite_lines(self.blobs, path, lambda lines: redact_json_lines(lines, terms, ids=ids))
        await rewrite_lines(self.blobs, batch.requests_path, lambda lines: redact_requests(lines, terms, rows=rows))

    async def _write_results(self, batch: Batch) -> None:
        """Write the files of a batch that has ended anew, as its ledger is by then."""
        prefix = batch.output_prefix
        if batch.state not in TERMINAL_STATES or not await is_there(self.blobs, prefix + GENERATIONS_JSONL):
            return
        files = await self.results.write(prefix, self.ledger.stream(batch.id))
        facts = ManifestFacts(files=tuple(files), causes=tuple(await self.ledger.causes(batch.id)))
        await self.results.write_manifest(prefix, batch_manifest(batch, facts))


def _names(outcome: RowOutcome, terms: SearchTerms) -> bool:
    return terms.are_in(outcome.record) or terms.are_in_text(outcome.row_id)


def _blank(outcome: RowOutcome, terms: SearchTerms) -> RowOutcome:
    row_id = ERASED if terms.are_in_text(outcome.row_id) else outcome.row_id
    record = redacted(json.loads(outcome.record), terms, is_content=True)
    written = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return dataclasses.replace(outcome, row_id=row_id, record=written)

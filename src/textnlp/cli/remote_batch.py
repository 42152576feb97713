"""Batches as a platform shows them, brought back to what they are."""

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from textnlp.client import AsyncClient
from textnlp.client.batches import BatchCreate, BatchRead, CountsRead
from textnlp.client.shared import UsageRead
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, LedgerCounts
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import Parameters, Usage
from textnlp.domain.identifiers import BatchId

_MOST_A_PAGE = 200

_Word = TypeVar("_Word", bound=StrEnum)


async def submit_batch(client: AsyncClient, source: Path, form: BatchCreate) -> Batch:
    """Send a file of prompts, from disk as it goes."""
    return read_batch(await client.batches.submit_file(source, form=form))


async def newest_batches(client: AsyncClient, *, limit: int) -> list[Batch]:
    """Return batches, newest first, page by page."""
    found: list[Batch] = []
    before: str | None = None
    while len(found) < limit:
        page = await client.batches.list(limit=min(_MOST_A_PAGE, limit - len(found)), before=before)
        found += [read_batch(batch) for batch in page.batches]
        if page.next_before is None:
            break
        before = page.next_before
    return found


def read_batch(read: BatchRead) -> Batch:
    """Return a batch as the domain has it."""
    return Batch(
        id=BatchId(read.id),
        name=read.name,
        state=known(BatchState, read.state),
        spec=BatchSpec(
            model=read.model,
            parameters=msgspec.convert(read.parameters, Parameters),
            response_schema=read.response_schema,
            endpoint=read.endpoint,
        ),
        created_at=read.created_at,
        source_sha256=read.source_sha256,
        counts=read_counts(read.counts),
        usage=read_usage(read.usage),
        finished_at=read.finished_at,
        reason=read.reason,
    )


def read_counts(read: CountsRead) -> LedgerCounts:
    """Return counts as the domain has them."""
    return LedgerCounts(
        input=read.input,
        accepted=read.accepted,
        rejected=read.rejected,
        failed=read.failed,
    )


def read_usage(read: UsageRead) -> Usage:
    """Return usage as the domain has it."""
    return Usage(
        prompt_tokens=read.prompt_tokens,
        completion_tokens=read.completion_tokens,
        cached_tokens=read.cached_tokens,
        reasoning_tokens=read.reasoning_tokens,
    )


def known(words: type[_Word], word: str) -> _Word:
    """Return the word of an answer as the domain has it; raises `BAD_RESPONSE` for one that it does not have."""
    try:
        return words(word)
    except ValueError as exc:
        raise TextNLPError(
            f"The platform speaks of {word!r}, which this command does not know.",
            kind=ErrorKind.BAD_RESPONSE,
            facts=ErrorFacts(hint="Use a command that is as new as the platform."),
        ) from exc

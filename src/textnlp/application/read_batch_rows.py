"""Read what a batch was asked and what was answered, as rows that can be reviewed."""

from collections.abc import AsyncGenerator
from typing import Any

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.create_review import SourceRow
from textnlp.application.split_lines import split_lines
from textnlp.domain.batches.model import Batch, RowState
from textnlp.domain.batches.records import parse_accepted
from textnlp.domain.batches.requests import decode_requests
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message, Role
from textnlp.domain.identifiers import BatchId
from textnlp.topology.catalog import TOPOLOGY

MAX_SOURCE_ROWS = 100_000
"""Rows of a batch from which a review can be drawn."""

_ROWS_A_READ = 1_000


async def read_batch_rows(ports: BatchPorts, batch_id: BatchId) -> list[SourceRow]:
    """Return the accepted rows of a batch that has ended, in input order: `prompt`, `response` and `model`.

    `system` and `messages` stand there where the row had a system prompt or turns before the last. Raises `NOT_FOUND`
    for a batch that is not there, `CONFLICT` for one that runs, and `TOO_LARGE` above 100,000 rows.
    """
    batch = await ports.ledger.get(batch_id)
    if batch.state not in TERMINAL_STATES:
        raise TextNLPError(
            f"{batch.id} is {batch.state.value}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Review it when it has ended."),
        )
    if batch.counts.accepted > MAX_SOURCE_ROWS:
        raise TextNLPError(
            f"{batch.id} has {batch.counts.accepted:,} rows; a review is drawn from {MAX_SOURCE_ROWS:,} at most.",
            kind=ErrorKind.TOO_LARGE,
            facts=ErrorFacts(limit_name="review_source_rows"),
        )
    answers = await _answers(ports, batch)
    rows: list[SourceRow] = []
    async for index, messages in _requests(ports, batch):
        if index in answers:
            row_id, answered = answers[index]
            rows.append(SourceRow(row_id=row_id, row={**_asked(messages), **answered}))
    return rows


async def _answers(ports: BatchPorts, batch: Batch) -> dict[int, tuple[str, dict[str, Any]]]:
    found: dict[int, tuple[str, dict[str, Any]]] = {}
    after_row = -1
    while rows := await ports.ledger.page(
        batch.id, states=[RowState.ACCEPTED], after_row=after_row, limit=_ROWS_A_READ
    ):
        records = parse_accepted(b"\n".join(row.record for row in rows))
        for row, record in zip(rows, records, strict=True):
            found[row.row_index] = record.id, {"response": record.text, "model": record.model}
        after_row = rows[-1].row_index
    return found


async def _requests(ports: BatchPorts, batch: Batch) -> AsyncGenerator[tuple[int, tuple[Message, ...]]]:
    lines = split_lines(ports.blobs.stream(batch.requests_path), max_line_bytes=2 * TOPOLOGY.limits.max_row_bytes)
    async for some in lines:
        for row in decode_requests(b"".join(line + b"\n" for line in some if line)):
            yield row.index, row.messages


def _asked(messages: tuple[Message, ...]) -> dict[str, Any]:
    turns = [message for message in messages if message.role is not Role.SYSTEM]
    system = "\n\n".join(message.content for message in messages if message.role is Role.SYSTEM)
    asked: dict[str, Any] = {"system": system} if system else {}
    if len(turns) > 1:
        asked["messages"] = [{"role": turn.role, "content": turn.content} for turn in turns[:-1]]
    return {**asked, "prompt": turns[-1].content if turns else ""}

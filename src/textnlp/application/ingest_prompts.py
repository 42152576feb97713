"""Read a file of prompts into a batch: requests, slices, and the rows that cannot be asked."""

import asyncio
import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from textnlp.application.answer_row import bad_row_outcome
from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.id_register import IdRegister, id_key
from textnlp.domain.batches.model import BadRow, Batch, BatchState, LedgerCounts, PromptRow, RowOutcome
from textnlp.domain.batches.requests import encode_request
from textnlp.domain.batches.slice_layout import SliceLayout
from textnlp.domain.errors import ErrorKind, invalid_input
from textnlp.domain.generation.model import NO_PARAMETERS
from textnlp.ports.prompt_source import PromptSource

_ROWS_A_CHUNK = 2000
_READ_BYTES = 1 << 20

RowsListener = Callable[[int], None]
"""Is told, now and then, how many rows have been read."""


@dataclass(slots=True)
class _Reading:
    """What one pass over the rows found."""

    layout: SliceLayout
    ids: IdRegister = field(default_factory=IdRegister)
    bad_rows: int = 0

    def add(self, row: PromptRow | BadRow, size_bytes: int) -> None:
        """Count a row that takes `size_bytes` of the requests blob; 0 for a bad one."""
        if isinstance(row, PromptRow):
            if row.has_own_id:
                self.ids.add(row.id)
        else:
            self.bad_rows += 1
        self.layout.add(size_bytes)


async def ingest_prompts(
    ports: BatchPorts,
    batch: Batch,
    source: PromptSource,
    *,
    slice_rows: int,
    on_rows: RowsListener | None = None,
) -> Batch:
    """Fill a batch in state `INGESTING` from `source` and set it `RUNNING`; return it.

    The requests of all rows go into one blob, of which each slice is a range. Rows that cannot be asked, and rows
    whose id an earlier row has, are recorded as failed with their line. The file is read outside the event loop, in
    memory that does not grow with it but for eight bytes an id. Raises `INVALID_INPUT`, having
    asked nothing, when no row can be asked. Running it again after a crash gives the same batch.
    """
    layout = SliceLayout(slice_rows)
    reading = _Reading(layout)
    rows = await asyncio.to_thread(source.rows)
    causes: list[RowOutcome] = []
    async with ports.blobs.open_writer(batch.requests_path) as writer:
        while chunk := await asyncio.to_thread(_read_chunk, rows, source, reading):
            if chunk.requests:
                await writer.write(chunk.requests)
            if chunk.bad_rows:
                await ports.ledger.record(batch.id, chunk.bad_rows)
                causes = causes or chunk.bad_rows[:3]
            if on_rows is not None:
                on_rows(layout.rows)
    layout.close_slice()
    await _record_repeated(ports, batch, source, reading.ids)
    if layout.rows == reading.bad_rows:
        reasons = "; ".join(outcome.record.decode() for outcome in causes) or "it is empty"
        raise invalid_input(f"No row of {source.name} can be asked: {reasons}.")
    return await _start(ports, batch, layout)


def file_digest(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


@dataclass(slots=True)
class _Chunk:
    requests: bytes
    bad_rows: list[RowOutcome]


def _read_chunk(rows: Iterator[PromptRow | BadRow], source: PromptSource, reading: _Reading) -> _Chunk | None:
    requests: list[bytes] = []
    bad_rows: list[RowOutcome] = []
    count = 0
    for row in islice(rows, _ROWS_A_CHUNK):
        count += 1
        if isinstance(row, PromptRow):
            shared = source.parameters
            if shared != NO_PARAMETERS:
                row = dataclasses.replace(row, parameters=row.parameters.over(shared))  # noqa: PLW2901
            request = encode_request(row)
            requests.append(request)
            reading.add(row, len(request))
        else:
            bad_rows.append(bad_row_outcome(row))
            reading.add(row, 0)
    return _Chunk(b"".join(requests), bad_rows) if count else None


async def _record_repeated(ports: BatchPorts, batch: Batch, source: PromptSource, ids: IdRegister) -> None:
    """Fail the rows whose id is taken; the file is read once more, for only here their lines are needed."""
    repeated = await asyncio.to_thread(ids.repeated_keys)
    if repeated:
        outcomes = await asyncio.to_thread(_repeated_outcomes, source, repeated)
        await ports.ledger.record(batch.id, outcomes)


def _repeated_outcomes(source: PromptSource, repeated: set[int]) -> list[RowOutcome]:
    seen: set[str] = set()
    outcomes: list[RowOutcome] = []
    for row in source.rows():
        if isinstance(row, BadRow) or not row.has_own_id or id_key(row.id) not in repeated:
            continue
        if row.id in seen:
            message = f"The id {row.id!r} stands on an earlier row; ids must be unique."
            kind = ErrorKind.INVALID_INPUT
            bad = BadRow(index=row.index, id=row.id, line=row.line, kind=kind, message=message, field="id")
            outcomes.append(bad_row_outcome(bad))
        seen.add(row.id)
    return outcomes


async def _start(ports: BatchPorts, batch: Batch, layout: SliceLayout) -> Batch:
    started = dataclasses.replace(
        batch,
        state=BatchState.RUNNING,
        counts=LedgerCounts(input=layout.rows),
        slice_count=len(layout.slices),
    )
    await ports.ledger.start(started, layout.slices, [])
    return await ports.ledger.get(batch.id)

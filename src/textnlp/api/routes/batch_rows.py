"""The rows of a batch: listed page by page, or those that failed as one stream."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from textnlp.api.caller import ports_of
from textnlp.api.closing import closed_after
from textnlp.api.openapi import described
from textnlp.api.routes.batches import BATCHES
from textnlp.api.schemas.batch_row import RowListQuery, RowPage, read_row
from textnlp.api.text_fields import read_query
from textnlp.domain.batches.model import Batch, RowState
from textnlp.domain.identifiers import BatchId
from textnlp.ports.batch_ledger import BatchLedger
from textnlp.topology.scopes import READ

LINES = "application/x-ndjson"
_ROWS_A_READ = 1000
_FAILED_LINE = (
    '{"id":"kettle-02","line":2,"row":1,"state":"failed","code":"timeout",'
    '"message":"The model did not answer within 120 seconds.","attempts":3}\n'
)
_FAILED_STATES = (RowState.REJECTED, RowState.FAILED)


@get(
    f"{BATCHES}/{{batch_id:str}}/rows",
    summary="List rows of a batch",
    opt=described(operation="list_batch_rows", grant=READ, query=RowListQuery, answer=RowPage),
)
async def list_rows(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> RowPage:
    """List the rows that have an outcome, in input order; also while the batch is running."""
    query = read_query(request, RowListQuery)
    ledger = ports_of(request.scope).ledger
    batch = await ledger.get(BatchId(batch_id))
    rows = await ledger.page(batch.id, states=query.states(), after_row=query.after, limit=query.limit)
    return RowPage(
        rows=[read_row(row) for row in rows],
        next_after=rows[-1].row_index if len(rows) == query.limit else None,
    )


@get(
    f"{BATCHES}/{{batch_id:str}}/errors",
    summary="Stream the rows that failed",
    opt=described(operation="stream_batch_errors", grant=READ, media_type=LINES, media_example=_FAILED_LINE),
)
async def stream_errors(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Answer with a JSON line a row that was rejected or failed until this moment, in input order."""
    ledger = ports_of(request.scope).ledger
    lines = _error_lines(ledger, await ledger.get(BatchId(batch_id)))
    return Stream(lines, media_type=LINES, background=closed_after(lines))


async def _error_lines(ledger: BatchLedger, batch: Batch) -> AsyncGenerator[bytes]:
    after_row = -1
    while rows := await ledger.page(batch.id, states=_FAILED_STATES, after_row=after_row, limit=_ROWS_A_READ):
        yield b"".join(row.record + b"\n" for row in rows)
        after_row = rows[-1].row_index

"""The rows of a batch: what became of each, and one with all that was asked and answered."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.batch_file import answer_batch_file
from textnlp.api.caller import ports_of
from textnlp.api.openapi import described
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.find_request import find_request
from textnlp.console.page import page
from textnlp.console.query import read_filters
from textnlp.domain.batches.model import Batch, PromptRow, RowOutcome, RowState
from textnlp.domain.batches.records import parse_accepted
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found
from textnlp.domain.identifiers import BatchId
from textnlp.topology.scopes import READ

_BATCH = "/console/batches/{batch_id:str}"
_SECTION = "batches"
_A_PAGE = 100
_SHOWN = 240
_ENDED = (RowState.ACCEPTED, RowState.REJECTED, RowState.FAILED)
_BYTES = "application/octet-stream"


class RowFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which rows are listed: those in a state, behind one."""

    state: RowState | None = None
    after: Annotated[int, msgspec.Meta(ge=-1, le=2**31 - 1)] = -1


@get(f"{_BATCH}/rows", opt=described(grant=READ))
async def list_rows(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[str]:
    """Show the rows that have an outcome, in input order; also while the batch runs."""
    wanted = read_filters(request, RowFilter)
    ledger = ports_of(request.scope).ledger
    batch = await ledger.get(BatchId(batch_id))
    states = _ENDED if wanted.state is None else (wanted.state,)
    rows = await ledger.page(batch.id, states=states, after_row=wanted.after, limit=_A_PAGE)
    return page(
        request,
        "batches/rows.html",
        section=_SECTION,
        title=f"Rows of {batch.name}",
        batch=batch,
        rows=[(row, _said(row)) for row in rows],
        states=_ENDED,
        state=wanted.state,
        after=wanted.after,
        next_after=rows[-1].row_index if len(rows) == _A_PAGE else None,
    )


@get(f"{_BATCH}/rows/{{row:int}}", opt=described(grant=READ))
async def show_row(request: Request[Any, Any, Any], batch_id: FromPath[str], row: FromPath[int]) -> Response[str]:
    """Show one row: the conversation it was asked, what was answered, and why it was turned away."""
    ports = ports_of(request.scope)
    batch = await ports.ledger.get(BatchId(batch_id))
    if not 0 <= row < batch.counts.input:
        raise not_found(f"{batch.name} has no row {row + 1}; it has {batch.counts.input:,}.")
    found = await ports.ledger.page(batch.id, states=_ENDED, after_row=row - 1, limit=1)
    outcome = found[0] if found and found[0].row_index == row else None
    is_accepted = outcome is not None and outcome.state is RowState.ACCEPTED
    return page(
        request,
        "batches/row.html",
        section=_SECTION,
        title=f"Row {row + 1} of {batch.name}",
        batch=batch,
        row=row,
        outcome=outcome,
        asked=await _asked(ports, batch, row),
        answered=parse_accepted(outcome.record)[0] if outcome is not None and is_accepted else None,
        record=None if outcome is None else msgspec.json.decode(outcome.record),
        record_text="" if outcome is None else msgspec.json.format(outcome.record, indent=2).decode(),
    )


@get(f"{_BATCH}/files/{{name:str}}", opt=described(grant=READ))
async def fetch_file(request: Request[Any, Any, Any], batch_id: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Answer with one of the files of a batch that has ended."""
    return await answer_batch_file(request.scope, batch_id, name, media_type=_BYTES)


async def _asked(ports: BatchPorts, batch: Batch, row: int) -> PromptRow | None:
    """Return the request of a row; None for one that could not be asked, or whose request is gone."""
    if not batch.requests_path:
        return None
    try:
        return await find_request(ports.blobs, batch.requests_path, row)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return None


def _said(row: RowOutcome) -> str:
    """Return the beginning of what was answered, or why nothing was."""
    record: dict[str, Any] = msgspec.json.decode(row.record)
    text = str(record.get("text") or record.get("message") or "")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


PAGES = (list_rows, show_row, fetch_file)

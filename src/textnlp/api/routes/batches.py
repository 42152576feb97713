"""Batches: submitted, listed, shown, cancelled, retried."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.batch_upload import submit_body, submit_form
from textnlp.api.caller import ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.schemas.batch import BatchCreate, BatchListQuery, BatchPage, BatchRead, read_batch
from textnlp.api.text_fields import read_query
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.retry_batch import retry_batch
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import BatchId
from textnlp.topology.scopes import READ, WRITE

BATCHES = "/api/v1/batches"
_FORM = "multipart/form-data"
_FILE_TYPES = {
    "application/json": '{"prompts": ["Write a review of a kettle."]}',
    "application/x-ndjson": '{"id": "kettle-01", "prompt": "Write a review of a kettle."}\n',
    "text/plain": "Write a review of a kettle.\nWrite a review of a lamp.\n",
    "text/csv": "id,prompt\nkettle-01,Write a review of a kettle.\n",
    "application/vnd.apache.parquet": "PAR1…",
}
"""How a file may come, each with the beginning of one."""


@post(
    BATCHES,
    status_code=HTTPStatus.ACCEPTED,
    summary="Submit a file of prompts",
    opt=described(
        grant=WRITE,
        takes_idempotency_key=True,
        query=BatchCreate,
        form=BatchCreate,
        accepts=_FILE_TYPES,
        answer=BatchRead,
        is_located=True,
        raises=(ErrorKind.TOO_LARGE, ErrorKind.NOT_FOUND),
    ),
)
async def submit_batch(request: Request[Any, Any, Any]) -> Response[BatchRead]:
    """Store the file and answer at once; it is read, and its rows are asked, in the background.

    The file is the body itself, with what goes with it in the query, or the `file` of a form, with what goes with
    it in the form's fields.
    """
    services = services_of(request.scope)
    batch = await (submit_form if request.content_type[0] == _FORM else submit_body)(request)
    services.intake.add(batch)
    return Response(
        read_batch(batch),
        status_code=HTTPStatus.ACCEPTED,
        headers={"Location": f"{BATCHES}/{batch.id}"},
    )


@get(BATCHES, summary="List batches", opt=described(grant=READ, query=BatchListQuery, answer=BatchPage))
async def list_batches(request: Request[Any, Any, Any]) -> BatchPage:
    """List batches, newest first."""
    query = read_query(request, BatchListQuery)
    before = None if query.before is None else BatchId(query.before)
    batches = await ports_of(request.scope).ledger.newest(before=before, limit=query.limit)
    return BatchPage(
        batches=[read_batch(batch) for batch in batches],
        next_before=batches[-1].id if len(batches) == query.limit else None,
    )


@get(f"{BATCHES}/{{batch_id:str}}", summary="Show a batch", opt=described(grant=READ, answer=BatchRead))
async def show_batch(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> BatchRead:
    """Show a batch with its balance."""
    return read_batch(await ports_of(request.scope).ledger.get(BatchId(batch_id)))


@post(
    f"{BATCHES}/{{batch_id:str}}/cancel",
    status_code=HTTPStatus.OK,
    summary="Cancel a batch",
    opt=described(operation="cancel_batch", grant=WRITE, answer=BatchRead, raises=(ErrorKind.CONFLICT,)),
)
async def cancel(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> BatchRead:
    """Stop a batch and write the files of what it has; cancelling it twice is harmless."""
    return read_batch(await cancel_batch(ports_of(request.scope), BatchId(batch_id)))


@post(
    f"{BATCHES}/{{batch_id:str}}/retry",
    status_code=HTTPStatus.ACCEPTED,
    summary="Retry a batch",
    opt=described(
        operation="retry_batch",
        grant=WRITE,
        takes_idempotency_key=True,
        answer=BatchRead,
        raises=(ErrorKind.CONFLICT,),
    ),
)
async def retry(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> BatchRead:
    """Ask the failed and the unasked rows of a batch that has ended once more."""
    return read_batch(await retry_batch(ports_of(request.scope), BatchId(batch_id)))

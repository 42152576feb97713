"""Batches: submitted, listed, shown, cancelled, retried."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import owner_of, ports_of
from textnlp.api.dependencies import Services, services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import body_pieces
from textnlp.api.schemas.batch import BatchCreate, BatchListQuery, BatchPage, BatchRead, read_batch
from textnlp.api.schemas.response_schema import require_schema
from textnlp.api.text_fields import read_fields, read_query
from textnlp.api.upload_form import open_form
from textnlp.api.upload_name import name_in_disposition, upload_name
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.finish_batch import finish_batch
from textnlp.application.recover_batches import reopen_batch
from textnlp.application.submit_batch import submit_upload
from textnlp.bootstrap.check_hold import CheckHold
from textnlp.bootstrap.validation_wiring import require_sent_checks
from textnlp.domain.batches.model import Batch, BatchSpec
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
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
    batch = await (_from_form if request.content_type[0] == _FORM else _from_body)(request, services)
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
    ports = ports_of(request.scope)
    batch = await ports.ledger.get(BatchId(batch_id))
    _require_retryable(batch)
    if not await reopen_batch(ports, batch.id):
        await finish_batch(ports, batch.id)
    return read_batch(await ports.ledger.get(batch.id))


async def _from_body(request: Request[Any, Any, Any], services: Services) -> Batch:
    asked = read_query(request, BatchCreate)
    disposition = request.headers.get("content-disposition")
    given = asked.name or (name_in_disposition(disposition) if disposition else None)
    name = upload_name(given, content_type=request.content_type[0])
    spec = _spec(services, asked)
    pieces = body_pieces(request, max_bytes=services.limits.max_upload_bytes)
    return await _stored(request, pieces, name=name, spec=spec)


async def _from_form(request: Request[Any, Any, Any], services: Services) -> Batch:
    most_bytes = services.limits.max_upload_bytes + services.limits.form_overhead_bytes
    async with open_form(request, max_bytes=most_bytes) as form:
        asked = read_fields([*request.query_params.multi_items(), *form.fields], BatchCreate)
        name = upload_name(asked.name or form.file_name, content_type=form.content_type)
        return await _stored(request, form.pieces(), name=name, spec=_spec(services, asked))


async def _stored(
    request: Request[Any, Any, Any], pieces: AsyncGenerator[bytes], *, name: str, spec: BatchSpec
) -> Batch:
    return await submit_upload(
        ports_of(request.scope),
        _not_empty(pieces),
        name=name,
        spec=spec,
        owner=owner_of(request.scope),
        max_bytes=services_of(request.scope).limits.max_upload_bytes,
    )


async def _not_empty(pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    is_empty = True
    async for piece in pieces:
        is_empty = False
        yield piece
    if is_empty:
        raise invalid_input("The file is empty.", field="file")


def _spec(services: Services, asked: BatchCreate) -> BatchSpec:
    model = asked.model or services.platform.default_model
    services.platform.engines.find(model)
    return BatchSpec(
        model=model,
        parameters=asked.parameters(),
        response_schema=None if asked.schema is None else _schema(asked.schema),
        checks=None if asked.checks is None else _checks(asked.checks, services.platform.outside),
        endpoint=services.platform.endpoint,
    )


def _schema(text: str) -> dict[str, Any]:
    schema = _object(text, field="schema")
    require_schema(schema)
    return schema


def _checks(text: str, outside: CheckHold | None) -> dict[str, Any]:
    checks = _object(text, field="checks")
    require_sent_checks(checks, outside=outside)
    return checks


def _object(text: str, *, field: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as exc:
        raise invalid_input(f"The field {field} is not a JSON object: {exc}.", field=field) from exc


def _require_retryable(batch: Batch) -> None:
    """Raise `CONFLICT` for a batch that has not ended, or none of whose rows could be asked again."""
    counts = batch.counts
    if batch.spec.is_job:
        message, hint = f"{batch.id} was created under /v1/batches.", "Put its failed requests into another batch."
    elif batch.state not in TERMINAL_STATES:
        message, hint = f"{batch.id} is {batch.state.value}.", "Only a batch that has ended can be retried."
    elif not batch.slice_count or not counts.failed + counts.pending:
        message, hint = f"{batch.id} has no row to be asked again.", "Submit the file as another batch."
    else:
        return
    raise TextNLPError(message, kind=ErrorKind.CONFLICT, facts=ErrorFacts(hint=hint))

"""What is said of the answers of a batch."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.caller import ports_of, validation_ports_of
from textnlp.api.openapi import described
from textnlp.api.routes.batches import BATCHES
from textnlp.api.routes.validations import REJECTED_LINE
from textnlp.api.schemas.stored_validation import ValidationJobRead, read_validation
from textnlp.api.validation_results import result_file, result_page
from textnlp.application.find_validation import find_batch_validation
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import BatchId
from textnlp.domain.validation.report_paths import REJECTED_JSONL
from textnlp.domain.validation.stored_validation import StoredValidation
from textnlp.topology.scopes import READ

_LINES = "application/x-ndjson"
_VALIDATION = f"{BATCHES}/{{batch_id:str}}/validation"


@get(
    _VALIDATION,
    summary="Show what is said of a batch's answers",
    opt=described(
        operation="show_batch_validation",
        grant=READ,
        answer=ValidationJobRead,
        other_answers={HTTPStatus.ACCEPTED: (ValidationJobRead, ValidationJobRead.QUEUED)},
    ),
)
async def show_batch_validation(
    request: Request[Any, Any, Any], batch_id: FromPath[str]
) -> Response[ValidationJobRead]:
    """Show the balance of a batch's answers; 202 while they are looked at, 404 before the batch has completed.

    They are looked at for the `checks` that came with the batch, or for the usual ones in the column `text`.
    """
    found = await _of_batch(request, batch_id)
    status = HTTPStatus.OK if found.is_ended else HTTPStatus.ACCEPTED
    return Response(read_validation(found), status_code=status)


@get(
    f"{_VALIDATION}/report",
    summary="Look at the report of a batch's answers",
    opt=described(
        operation="show_batch_validation_report",
        grant=READ,
        media_type="text/html",
        media_example="<!doctype html>",
        raises=(ErrorKind.CONFLICT,),
    ),
)
async def show_batch_report(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Answer with a page that needs nothing from elsewhere; 409 while the answers are looked at."""
    return await result_page(validation_ports_of(request.scope), await _of_batch(request, batch_id))


@get(
    f"{_VALIDATION}/rejected",
    summary="Fetch a batch's rejected answers",
    opt=described(
        operation="fetch_batch_validation_rejected",
        grant=READ,
        media_type=_LINES,
        media_example=REJECTED_LINE,
        raises=(ErrorKind.CONFLICT,),
        is_sent_on=True,
    ),
)
async def fetch_batch_rejected(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Answer with the answers that fail a check as JSON Lines, each with its reasons; 409 while they are looked at."""
    return await result_file(request.scope, await _of_batch(request, batch_id), REJECTED_JSONL, media_type=_LINES)


async def _of_batch(request: Request[Any, Any, Any], batch_id: str) -> StoredValidation:
    batch = await ports_of(request.scope).ledger.get(BatchId(batch_id))
    return await find_batch_validation(validation_ports_of(request.scope), batch)

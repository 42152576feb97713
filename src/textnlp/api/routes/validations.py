"""Rows that lie on the platform, looked at by its workers."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import job_ports_of, owner_of, validation_ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.stored_validation import (
    VALIDATIONS,
    ValidationJobCreate,
    ValidationJobRead,
    read_validation,
)
from textnlp.api.validation_results import result_file, result_page
from textnlp.application.find_file import find_file
from textnlp.application.submit_validation import submit_validation
from textnlp.bootstrap.validation_wiring import require_sent_checks
from textnlp.domain.datasets.paths import seeds_prefix
from textnlp.domain.errors import ErrorKind, invalid_input
from textnlp.domain.identifiers import FileId, ValidationId
from textnlp.topology.scopes import READ, WRITE

_ONE = f"{VALIDATIONS}/{{validation_id:str}}"
_BYTES = "application/octet-stream"
REJECTED_LINE = (
    '{"row":2,"file":"reviews.jsonl","line":2,"reasons":[{"code":"refusal:review","message":"review speaks of being a '
    'model: \\"As an AI\\".","column":"review"}],"values":{"review":"As an AI, I do not boil water."}}\n'
)


@post(
    VALIDATIONS,
    status_code=HTTPStatus.ACCEPTED,
    summary="Have a file of rows validated",
    opt=described(
        grant=WRITE,
        takes_idempotency_key=True,
        body=ValidationJobCreate,
        answer=ValidationJobRead,
        is_located=True,
        raises=(ErrorKind.NOT_FOUND,),
    ),
)
async def create_validation(request: Request[Any, Any, Any]) -> Response[ValidationJobRead]:
    """Answer at once; a worker looks at the rows, of which there may be any number.

    JSON Lines, JSON, CSV, Parquet or text, by the ending of the name; the verdicts are those of `textnlp validate`.
    """
    limits = services_of(request.scope).limits
    asked = await read_document(request, ValidationJobCreate, max_bytes=limits.max_request_body_bytes)
    if asked.checks is not None:
        require_sent_checks(asked.checks, outside=services_of(request.scope).platform.outside)
    source, name = await _source(request, asked)
    ports, owner = validation_ports_of(request.scope), owner_of(request.scope)
    stored = await submit_validation(ports, source, name=name, checks=asked.document(), owner=owner)
    return Response(
        read_validation(stored),
        status_code=HTTPStatus.ACCEPTED,
        headers={"Location": f"{VALIDATIONS}/{stored.id}"},
    )


@get(_ONE, summary="Show a validation", opt=described(grant=READ, answer=ValidationJobRead))
async def show_validation(request: Request[Any, Any, Any], validation_id: FromPath[str]) -> ValidationJobRead:
    """Show how far a validation is, and its balance once it has completed.

    The answers of batches and generations have validations too, under the ids of these.
    """
    return read_validation(await validation_ports_of(request.scope).store.get(ValidationId(validation_id)))


@get(
    f"{_ONE}/report",
    summary="Look at the report of a validation",
    opt=described(
        operation="show_validation_report",
        grant=READ,
        media_type="text/html",
        media_example="<!doctype html>",
        raises=(ErrorKind.CONFLICT,),
    ),
)
async def show_report(request: Request[Any, Any, Any], validation_id: FromPath[str]) -> Response[Any]:
    """Answer with a page that needs nothing from elsewhere; 409 until the validation has completed."""
    ports = validation_ports_of(request.scope)
    return await result_page(ports, await ports.store.get(ValidationId(validation_id)))


@get(
    f"{_ONE}/files/{{result:str}}",
    summary="Fetch a file of a validation",
    opt=described(
        operation="fetch_validation_file",
        grant=READ,
        media_type=_BYTES,
        media_example=REJECTED_LINE,
        raises=(ErrorKind.CONFLICT,),
        is_sent_on=True,
    ),
)
async def fetch_validation_file(
    request: Request[Any, Any, Any], validation_id: FromPath[str], result: FromPath[str]
) -> Response[Any]:
    """Answer with one of the files that `textnlp validate` leaves; 409 until the validation has completed."""
    ports = validation_ports_of(request.scope)
    return await result_file(request.scope, await ports.store.get(ValidationId(validation_id)), result)


async def _source(request: Request[Any, Any, Any], asked: ValidationJobCreate) -> tuple[str, str]:
    """Return the blob with the rows and what it is called; raises `NOT_FOUND` for none that the caller may read."""
    if (asked.file is None) is (asked.blob is None):
        raise invalid_input("Either file or blob says where the rows are.", field="file")
    if asked.file is not None:
        file = await find_file(job_ports_of(request.scope).files, FileId(asked.file))
        return file.blob_path, file.name
    path, prefix = asked.blob or "", seeds_prefix(owner_of(request.scope).tenant)
    if not path.startswith(prefix):
        raise invalid_input(f"Rows in blobs lie under {prefix}.", field="blob")
    return (await validation_ports_of(request.scope).blobs.head(path)).path, path.rpartition("/")[2]

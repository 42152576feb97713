"""Files of prompts as they are uploaded: as a body, or in a form."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from litestar import Request

from textnlp.api.caller import owner_of, ports_of
from textnlp.api.dependencies import Services, services_of
from textnlp.api.request_body import body_pieces
from textnlp.api.schemas.batch import BatchCreate
from textnlp.api.schemas.response_schema import require_schema
from textnlp.api.text_fields import read_fields, read_object, read_query
from textnlp.api.upload_form import UploadForm, open_form
from textnlp.api.upload_name import name_in_disposition, upload_name
from textnlp.application.submit_batch import submit_upload
from textnlp.bootstrap.check_hold import CheckHold
from textnlp.bootstrap.validation_wiring import require_sent_checks
from textnlp.domain.batches.model import Batch, BatchSpec
from textnlp.domain.errors import invalid_input


async def submit_body(request: Request[Any, Any, Any]) -> Batch:
    """Take a file that is the body itself, with what goes with it in the query."""
    services = services_of(request.scope)
    asked = read_query(request, BatchCreate)
    disposition = request.headers.get("content-disposition")
    given = asked.name or (name_in_disposition(disposition) if disposition else None)
    name = upload_name(given, content_type=request.content_type[0])
    spec = _spec(services, asked)
    pieces = body_pieces(request, max_bytes=services.limits.max_upload_bytes)
    return await _stored(request, pieces, name=name, spec=spec)


async def submit_form(
    request: Request[Any, Any, Any], *, fields_of: Callable[[UploadForm], list[tuple[str, str]]] | None = None
) -> Batch:
    """Take the `file` of a form, with what goes with it in the form's fields and the query, or in `fields_of` it."""
    services = services_of(request.scope)
    most_bytes = services.limits.max_upload_bytes + services.limits.form_overhead_bytes
    async with open_form(request, max_bytes=most_bytes) as form:
        given = [*request.query_params.multi_items(), *form.fields] if fields_of is None else fields_of(form)
        asked = read_fields(given, BatchCreate)
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
    schema = read_object(text, field="schema")
    require_schema(schema)
    return schema


def _checks(text: str, outside: CheckHold | None) -> dict[str, Any]:
    checks = read_object(text, field="checks")
    require_sent_checks(checks, outside=outside)
    return checks

"""One completion, whole or as it is written."""

import contextlib
import logging
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, post

from textnlp.api.caller import engine_of, generation_ports_of, owner_of
from textnlp.api.dependencies import services_of
from textnlp.api.deployment_header import deployment_header
from textnlp.api.event_stream import EVENT_STREAM, encode_event, event_stream
from textnlp.api.generation_order import order_of
from textnlp.api.hang_up import first_piece, while_connected
from textnlp.api.idempotency_guard import spoil_answer
from textnlp.api.openapi import described
from textnlp.api.problems import internal_error, problem_of
from textnlp.api.pumped import pumped_together
from textnlp.api.request_body import read_document
from textnlp.api.request_identity import request_id_of
from textnlp.api.routes.generations import GENERATIONS
from textnlp.api.schemas.generation import GenerationCreate, GenerationRead, read_generation
from textnlp.api.schemas.generation_chunk import END_OF_STREAM, ChunkWriter, GenerationChunk
from textnlp.api.schemas.generation_status import GenerationStatus, read_status
from textnlp.api.time_limit import in_time
from textnlp.application.answer_choices import answer_choices, seeded
from textnlp.application.submit_generation import submit_generation
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import CompletionChunk, GenerationRequest
from textnlp.domain.identifiers import new_generation_id
from textnlp.topology.scopes import WRITE

_LOG = logging.getLogger(__name__)


@post(
    "/api/v1/generate",
    status_code=200,
    summary="Write one completion",
    opt=described(
        grant=WRITE,
        is_generating=True,
        takes_idempotency_key=True,
        body=GenerationCreate,
        answer=GenerationRead,
        media_type=EVENT_STREAM,
        media_example=GenerationChunk.EXAMPLE,
        events={"message": GenerationChunk},
        is_located=True,
        other_answers={HTTPStatus.ACCEPTED: (GenerationStatus, GenerationStatus.QUEUED)},
    ),
)
async def generate(request: Request[Any, Any, Any]) -> Response[Any]:
    """Write one completion, or `n` of them, and answer with what was written, or with `stream` as it is written.

    The prompt is given as it is, as a conversation, or as a template, one of its own or a stored one, with its
    variables.

    With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The call to
    the model is cancelled when the caller hangs up. An error before the first piece of a stream is answered as a
    problem, one after it comes as an event `error`.
    """
    services = services_of(request.scope)
    asked = await read_document(request, GenerationCreate, max_bytes=services.limits.max_request_body_bytes)
    order = await order_of(request, asked)
    engine = engine_of(request.scope, order.model, route="generate")
    if asked.mode == "async":
        return await _accepted(request, order, count=asked.n)
    generation_id = new_generation_id(services.platform.clock.now())
    if asked.stream:
        writer = ChunkWriter(generation_id, model=order.model, asked_at=services.platform.clock.now())
        streams = [engine.stream(each) for each in seeded(order, count=asked.n)]
        chunks = pumped_together(streams, timeout_seconds=services.limits.request_timeout_seconds)
        first = await first_piece(request, chunks)
        events = _events(writer, first, chunks, request=request)
        return event_stream(events, headers=deployment_header([first[1].deployment]))
    completions = await while_connected(
        request,
        in_time(
            answer_choices(engine, order, count=asked.n),
            timeout_seconds=services.limits.request_timeout_seconds,
        ),
    )
    return Response(read_generation(generation_id, completions, is_structured=order.response_schema is not None))


async def _accepted(request: Request[Any, Any, Any], order: GenerationRequest, *, count: int) -> Response[Any]:
    ports = generation_ports_of(request.scope)
    record = await submit_generation(ports, order, owner=owner_of(request.scope), count=count)
    return Response(
        read_status(record, []),
        status_code=HTTPStatus.ACCEPTED,
        headers={"Location": f"{GENERATIONS}/{record.id}"},
    )


async def _events(
    writer: ChunkWriter,
    first: tuple[int, CompletionChunk],
    rest: AsyncGenerator[tuple[int, CompletionChunk]],
    *,
    request: Request[Any, Any, Any],
) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(rest):
        yield encode_event(writer.text(*first))
        try:
            async for index, chunk in rest:
                yield encode_event(writer.text(index, chunk))
        except Exception as exc:  # noqa: BLE001  the status is sent: the reader learns of every error in the stream
            spoil_answer(request.scope)
            yield encode_event(_error_document(exc, request_id=request_id_of(request.scope)), name="error")
            return
    if (usage := writer.usage()) is not None:
        yield encode_event(usage)
    yield encode_event(END_OF_STREAM)


def _error_document(exc: Exception, *, request_id: str) -> bytes:
    if not isinstance(exc, TextNLPError):
        _LOG.error("A stream failed (%s).", request_id, exc_info=exc)
        exc = internal_error(request_id)
    return msgspec.json.encode({"error": problem_of(exc, request_id=request_id)})

"""One completion, whole or as it is written."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, post

from textnlp.api.caller import engine_of, generation_ports_of, owner_of
from textnlp.api.dependencies import services_of
from textnlp.api.event_stream import EVENT_STREAM, encode_event, event_stream
from textnlp.api.hang_up import first_piece, while_connected
from textnlp.api.openapi import described
from textnlp.api.problems import internal_error, problem_of
from textnlp.api.pumped import pumped
from textnlp.api.request_body import read_document
from textnlp.api.request_identity import request_id_of
from textnlp.api.routes.generations import GENERATIONS
from textnlp.api.schemas.generation import GenerationCreate, GenerationRead, read_generation
from textnlp.api.schemas.generation_chunk import END_OF_STREAM, ChunkWriter, GenerationChunk
from textnlp.api.schemas.generation_status import read_status
from textnlp.application.generate_structured import generate_structured
from textnlp.application.submit_generation import submit_generation
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, CompletionChunk, GenerationRequest
from textnlp.domain.identifiers import new_generation_id
from textnlp.ports.text_engine import TextEngine
from textnlp.topology.scopes import WRITE

_LOG = logging.getLogger(__name__)


@post(
    "/api/v1/generate",
    status_code=200,
    summary="Write one completion",
    opt=described(
        grant=WRITE,
        is_generating=True,
        body=GenerationCreate,
        answer=GenerationRead,
        media_type=EVENT_STREAM,
        events={"message": GenerationChunk},
    ),
)
async def generate(request: Request[Any, Any, Any]) -> Response[Any]:
    """Write one completion and answer with it, or with `stream` answer with it as it is written.

    With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The call to
    the model is cancelled when the caller hangs up. An error before the first piece of a stream is answered as a
    problem, one after it comes as an event `error`.
    """
    services = services_of(request.scope)
    asked = await read_document(request, GenerationCreate, max_bytes=services.limits.max_request_body_bytes)
    order = GenerationRequest(
        model=asked.model or services.platform.default_model,
        messages=asked.conversation(),
        parameters=asked.parameters.parameters(),
        response_schema=asked.response_schema(),
        timeout_seconds=services.limits.attempt_timeout_seconds,
    )
    engine = engine_of(request.scope, order.model, route="generate")
    if asked.mode == "async":
        return await _accepted(request, order)
    generation_id = new_generation_id(services.platform.clock.now())
    if asked.stream:
        writer = ChunkWriter(generation_id, model=order.model, asked_at=services.platform.clock.now())
        chunks = pumped(engine.stream(order), timeout_seconds=services.limits.request_timeout_seconds)
        first = await first_piece(request, chunks)
        return event_stream(_events(writer, first, chunks, request_id=request_id_of(request.scope)))
    completion = await while_connected(
        request,
        _completed(engine, order, timeout_seconds=services.limits.request_timeout_seconds),
    )
    return Response(read_generation(generation_id, completion, is_structured=order.response_schema is not None))


async def _accepted(request: Request[Any, Any, Any], order: GenerationRequest) -> Response[Any]:
    ports = generation_ports_of(request.scope)
    record = await submit_generation(ports, order, owner=owner_of(request.scope))
    return Response(
        read_status(record, None),
        status_code=HTTPStatus.ACCEPTED,
        headers={"Location": f"{GENERATIONS}/{record.id}"},
    )


async def _completed(engine: TextEngine, order: GenerationRequest, *, timeout_seconds: float) -> Completion:
    try:
        async with asyncio.timeout(timeout_seconds):
            if order.response_schema is None:
                return await engine.generate(order)
            return await generate_structured(engine, order)
    except TimeoutError as exc:
        raise TextNLPError(f"There was no answer within {timeout_seconds:g} seconds.", kind=ErrorKind.TIMEOUT) from exc


async def _events(
    writer: ChunkWriter,
    first: CompletionChunk,
    rest: AsyncGenerator[CompletionChunk],
    *,
    request_id: str,
) -> AsyncGenerator[bytes]:
    usage = first.usage
    async with contextlib.aclosing(rest):
        yield encode_event(writer.text(first))
        try:
            async for chunk in rest:
                usage = chunk.usage or usage
                yield encode_event(writer.text(chunk))
        except Exception as exc:  # noqa: BLE001  the status is sent: the reader learns of every error in the stream
            yield encode_event(_error_document(exc, request_id=request_id), name="error")
            return
    if usage is not None:
        yield encode_event(writer.usage(usage))
    yield encode_event(END_OF_STREAM)


def _error_document(exc: Exception, *, request_id: str) -> bytes:
    if not isinstance(exc, TextNLPError):
        _LOG.error("A stream failed (%s).", request_id, exc_info=exc)
        exc = internal_error(request_id)
    return msgspec.json.encode({"error": problem_of(exc, request_id=request_id)})

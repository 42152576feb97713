"""Chat completions, as OpenAI's and Azure's clients ask for them."""

import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath

from textnlp.api.caller import engine_of
from textnlp.api.dependencies import Services, services_of
from textnlp.api.deployment_header import deployment_header
from textnlp.api.event_stream import EVENT_STREAM, encode_event, event_stream
from textnlp.api.hang_up import first_piece, while_connected
from textnlp.api.idempotency_guard import spoil_answer
from textnlp.api.openapi import described
from textnlp.api.problems import internal_error, openai_error_of
from textnlp.api.pumped import pumped_together
from textnlp.api.request_body import read_document
from textnlp.api.request_identity import request_id_of
from textnlp.api.schemas.generation_chunk import END_OF_STREAM
from textnlp.api.schemas.openai_chat import ChatCompletionCreate
from textnlp.api.schemas.openai_chunk import ChatChunkWriter, ChatCompletionChunk
from textnlp.api.schemas.openai_completion import ChatCompletionRead, encode_chat_completion
from textnlp.api.schemas.openai_error import OpenAIErrorRead
from textnlp.api.time_limit import in_time
from textnlp.application.answer_choices import answer_choices, seeded, stream_answer
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import CompletionChunk, GenerationRequest
from textnlp.domain.identifiers import new_chat_completion_id
from textnlp.ports.text_engine import TextEngine
from textnlp.topology.scopes import WRITE

_LOG = logging.getLogger(__name__)
_JSON = "application/json"
_DESCRIPTION = described(
    grant=WRITE,
    is_generating=True,
    takes_idempotency_key=True,
    body=ChatCompletionCreate,
    answer=ChatCompletionRead,
    media_type=EVENT_STREAM,
    media_example=ChatCompletionChunk.EXAMPLE,
    events={"message": ChatCompletionChunk},
    error=OpenAIErrorRead,
)


@post(
    ["/v1/chat/completions", "/openai/v1/chat/completions"],
    status_code=200,
    summary="Write a chat completion for OpenAI's clients",
    opt=_DESCRIPTION,
)
async def complete_chat(request: Request[Any, Any, Any]) -> Response[Any]:
    """Write a chat completion and answer with it, or with `stream` answer with it as it is written.

    Where `response_format` asks for JSON, the answer is checked and asked for again until it fits; a stream is not
    where the engine itself keeps to the schema. The calls to the model are cancelled when the caller hangs up. An
    error after the first piece of a stream comes as an event that holds `error`. Where the model is an alias of
    several deployments, `X-TextNLP-Deployment` names the one that answered.
    """
    return await _complete(request, deployment=None)


@post(
    "/openai/deployments/{deployment:str}/chat/completions",
    status_code=200,
    summary="Write a chat completion for Azure's clients",
    opt=_DESCRIPTION,
)
async def complete_deployment_chat(request: Request[Any, Any, Any], deployment: FromPath[str]) -> Response[Any]:
    """Do the same for the model named by the path, of whatever `api-version`."""
    return await _complete(request, deployment=deployment)


async def _complete(request: Request[Any, Any, Any], *, deployment: str | None) -> Response[Any]:
    services = services_of(request.scope)
    asked = await read_document(request, ChatCompletionCreate, max_bytes=services.limits.max_request_body_bytes)
    platform, limits = services.platform, services.limits
    order = asked.order(
        model=deployment or asked.model or platform.default_model,
        timeout_seconds=limits.attempt_timeout_seconds,
    )
    engine = engine_of(request.scope, order.model, route="chat.completions")
    if asked.stream:
        return await _streamed(request, asked, order, engine)
    asked_at = platform.clock.now()
    completions = await while_connected(
        request,
        in_time(answer_choices(engine, order, count=asked.n or 1), timeout_seconds=limits.request_timeout_seconds),
    )
    body = encode_chat_completion(new_chat_completion_id(asked_at), completions, asked_at=asked_at)
    return Response(body, media_type=_JSON, headers=deployment_header(each.deployment for each in completions))


async def _streamed(
    request: Request[Any, Any, Any],
    asked: ChatCompletionCreate,
    order: GenerationRequest,
    engine: TextEngine,
) -> Response[Any]:
    services: Services = services_of(request.scope)
    asked_at = services.platform.clock.now()
    writer = ChatChunkWriter(
        new_chat_completion_id(asked_at),
        model=order.model,
        asked_at=asked_at,
        includes_usage=asked.includes_usage,
    )
    chunks = pumped_together(
        [stream_answer(engine, each) for each in seeded(order, count=asked.n or 1)],
        timeout_seconds=services.limits.request_timeout_seconds,
    )
    first = await first_piece(request, chunks)
    events = _events(writer, first, chunks, request=request)
    return event_stream(events, headers=deployment_header([first[1].deployment]))


async def _events(
    writer: ChatChunkWriter,
    first: tuple[int, CompletionChunk],
    rest: AsyncGenerator[tuple[int, CompletionChunk]],
    *,
    request: Request[Any, Any, Any],
) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(rest):
        yield encode_event(writer.piece(*first))
        try:
            async for index, chunk in rest:
                yield encode_event(writer.piece(index, chunk))
        except Exception as exc:  # noqa: BLE001  the status is sent: the reader learns of every error in the stream
            spoil_answer(request.scope)
            yield encode_event(_error_document(exc, request_id=request_id_of(request.scope)))
            return
    if writer.includes_usage:
        yield encode_event(writer.usage())
    yield encode_event(END_OF_STREAM)


def _error_document(exc: Exception, *, request_id: str) -> bytes:
    if not isinstance(exc, TextNLPError):
        _LOG.error("A stream failed (%s).", request_id, exc_info=exc)
        exc = internal_error(request_id)
    return msgspec.json.encode(openai_error_of(exc))

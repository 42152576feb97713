"""What models answer in the playground: all at once, or each as it is written."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from litestar import Request, Response, post

from textnlp.api.call_snippets import curl_call, python_call
from textnlp.api.caller import engine_of
from textnlp.api.dependencies import services_of
from textnlp.api.event_stream import encode_event, event_stream
from textnlp.api.generation_order import order_of
from textnlp.api.hang_up import first_piece, while_connected
from textnlp.api.openapi import described
from textnlp.api.problems import internal_error
from textnlp.api.pumped import pumped_together
from textnlp.api.request_identity import request_id_of
from textnlp.api.time_limit import in_time
from textnlp.application.answer_choices import stream_answer
from textnlp.console.answer_watch import AnswerWatch
from textnlp.console.page import fragment, page, render
from textnlp.console.playground_form import Try, read_try
from textnlp.console.query import read_texts
from textnlp.console.views.playground import PLAYGROUND, form_facts
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import CompletionChunk, GenerationRequest
from textnlp.domain.usage.price import cost_of
from textnlp.topology.scopes import WRITE

_LOG = logging.getLogger(__name__)
_ROUTE = "playground"
_CALL = "/api/v1/generate"


@post(PLAYGROUND, opt=described(grant=WRITE, is_generating=True))
async def answer_whole(request: Request[Any, Any, Any]) -> Response[str]:
    """Ask the models, and show the page with their answers; for browsers without scripts."""
    tried = read_try(await read_texts(request))
    orders = [await order_of(request, tried.asked(model)) for model in tried.models]
    watches = await while_connected(request, asyncio.gather(*(_answered(request, order) for order in orders)))
    answers = [_facts(request, watch) for watch in watches]
    facts = await form_facts(request, tried.filled)
    return page(request, "playground/show.html", **facts, answers=answers, snippets=_snippets(request, tried))


@post(f"{PLAYGROUND}/panels", opt=described(grant=WRITE))
async def show_panels(request: Request[Any, Any, Any]) -> Response[str]:
    """Show where the answers will stand, once it is known that there is something to ask; no model is asked."""
    tried = read_try(await read_texts(request))
    orders = [await order_of(request, tried.asked(model)) for model in tried.models]
    return fragment(
        request, "playground/panels.html", orders=[each.model for each in orders], snippets=_snippets(request, tried)
    )


@post(f"{PLAYGROUND}/stream", opt=described(grant=WRITE, is_generating=True))
async def stream_words(request: Request[Any, Any, Any]) -> Response[Any]:
    """Ask one model: an event `text` for each piece, `end` with what the answer took, or `error`."""
    tried = read_try(await read_texts(request))
    order = await order_of(request, tried.asked(tried.models[0]))
    engine = engine_of(request.scope, order.model, route=_ROUTE)
    services = services_of(request.scope)
    watch = AnswerWatch(asked=order.model, clock=services.platform.clock)
    chunks = pumped_together([stream_answer(engine, order)], timeout_seconds=services.limits.request_timeout_seconds)
    first = await first_piece(request, chunks)
    return event_stream(_events(request, watch, first, chunks))


async def _events(
    request: Request[Any, Any, Any],
    watch: AnswerWatch,
    first: tuple[int, CompletionChunk],
    rest: AsyncGenerator[tuple[int, CompletionChunk]],
) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(rest):
        watch.see(first[1])
        yield _piece(first[1])
        try:
            async for _, chunk in rest:
                watch.see(chunk)
                if chunk.text:
                    yield _piece(chunk)
        except Exception as exc:  # noqa: BLE001  the status is sent: the reader learns of every error in the stream
            error = _told(exc, request_id=request_id_of(request.scope))
            notice = render(request, "notice.html", error=error, request_id=request_id_of(request.scope))
            yield encode_event(notice.encode(), name="error")
            return
    yield encode_event(render(request, "playground/facts.html", **_facts(request, watch)).encode(), name="end")


def _piece(chunk: CompletionChunk) -> bytes:
    return encode_event(msgspec.json.encode(chunk.text), name="text")


async def _answered(request: Request[Any, Any, Any], order: GenerationRequest) -> AnswerWatch:
    services = services_of(request.scope)
    watch = AnswerWatch(asked=order.model, clock=services.platform.clock)

    async def follow() -> None:
        engine = engine_of(request.scope, order.model, route=_ROUTE)
        async with contextlib.aclosing(stream_answer(engine, order)) as chunks:
            async for chunk in chunks:
                watch.see(chunk)

    try:
        await in_time(follow(), timeout_seconds=services.limits.request_timeout_seconds)
    except TextNLPError as error:
        watch.error = error
    return watch


def _facts(request: Request[Any, Any, Any], watch: AnswerWatch) -> dict[str, Any]:
    platform = services_of(request.scope).platform
    price = platform.gateway.prices.find_answered(
        asked=watch.asked, model=watch.model, deployment=watch.deployment, on=platform.clock.now().date()
    )
    cost = None if watch.usage is None else cost_of(watch.usage, price)
    return {"answer": watch, "cost": cost, "request_id": request_id_of(request.scope)}


def _snippets(request: Request[Any, Any, Any], tried: Try) -> dict[str, str]:
    operation: dict[str, Any] = {"requestBody": {"content": {"application/json": {"example": tried.body()}}}}
    if services_of(request.scope).platform.gateway.authenticator is not None:
        operation["security"] = [{}]
    return {"curl": curl_call("POST", _CALL, operation), "python": python_call("POST", _CALL, operation)}


def _told(exc: Exception, *, request_id: str) -> TextNLPError:
    if isinstance(exc, TextNLPError):
        return exc
    _LOG.error("A stream failed (%s).", request_id, exc_info=exc)
    return internal_error(request_id)


PAGES = (answer_whole, show_panels, stream_words)

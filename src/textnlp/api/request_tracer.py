"""Records every request as a span, and tells its caller where in which trace it is."""

from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from textnlp.api.request_identity import request_id_of
from textnlp.api.request_meter import known_method
from textnlp.ports.tracer import Span, SpanKind, Tracer
from textnlp.topology.spans import (
    HTTP_METHOD,
    HTTP_ROUTE,
    HTTP_STATUS,
    REQUEST_ID,
    TRACE_PROPERTY,
    TRACE_RESPONSE_HEADER,
    URL_PATH,
    URL_SCHEME,
)

_HEADER = TRACE_PROPERTY.encode()
_RESPONSE_HEADER = TRACE_RESPONSE_HEADER.encode()
_SERVER_ERRORS = 500
_UNTRACED = frozenset({"/health", "/ready", "/metrics"})
"""What probes ask all the time."""


class RequestTracer:
    """An ASGI application that passes requests on to another within a span of each.

    A request that came with `traceparent` goes on in that trace. Of what callers wrote, only the path is recorded,
    never the query. Probes are in no trace.
    """

    def __init__(self, app: ASGIApp, *, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["path"] in _UNTRACED:
            await self._app(scope, receive, send)
            return
        span = self._begun(scope)

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                _note_answer(span, scope, message["status"])
                message["headers"] = [*message["headers"], (_RESPONSE_HEADER, span.traceparent.encode())]
            await send(message)

        with span, self._tracer.within(span):
            try:
                await self._app(scope, receive, answering)
            finally:
                _name(span, scope)

    def _begun(self, scope: Any) -> Span:
        method = known_method(scope)
        return self._tracer.begin(
            method,
            kind=SpanKind.SERVER,
            attributes={HTTP_METHOD: method, URL_PATH: scope["path"], URL_SCHEME: scope["scheme"]},
            parent=_brought(scope),
        )


def _note_answer(span: Span, scope: Any, status: int) -> None:
    span.note({HTTP_STATUS: status, REQUEST_ID: request_id_of(scope)})
    if status >= _SERVER_ERRORS:
        span.fail(str(status))


def _name(span: Span, scope: Any) -> None:
    """Call the span after the route that the router matched."""
    template: str = scope.get("path_template", "")
    if template:
        span.rename(f"{known_method(scope)} {template}")
        span.note({HTTP_ROUTE: template})


def _brought(scope: Any) -> str:
    for name, value in scope["headers"]:
        if name == _HEADER:
            return value.decode("latin-1")
    return ""

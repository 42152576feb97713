"""Counts and times every request, whatever it was answered with."""

from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from textnlp.ports.clock import Clock
from textnlp.ports.meter import Meter
from textnlp.topology.metrics import ACTIVE_REQUESTS, REQUEST_SECONDS

_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
_OTHER = "_OTHER"
_NOTHING = ""


class RequestMeter:
    """An ASGI application that passes requests on to another, and records how each ended.

    A route is named by its template, so that nothing of what callers wrote is recorded; one that does not exist has
    no name. A request counts until the last byte of its answer is handed over, streams to their end.
    """

    def __init__(self, app: ASGIApp, *, meter: Meter, clock: Clock) -> None:
        self._app = app
        self._meter = meter
        self._clock = clock
        self._active = 0
        meter.observe(ACTIVE_REQUESTS, read=lambda: [((), self._active)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = _NOTHING

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        began_at = self._clock.monotonic()
        self._active += 1
        try:
            await self._app(scope, receive, noting_status)
        finally:
            self._active -= 1
            seconds = self._clock.monotonic() - began_at
            self._meter.record(REQUEST_SECONDS, seconds, dimensions=(known_method(scope), _route(scope), status))


def known_method(scope: Any) -> str:
    """Return the method of a request, `_OTHER` for one that HTTP does not know."""
    method: str = scope["method"]
    return method if method in _METHODS else _OTHER


def _route(scope: Any) -> str:
    """Return the template that the router matched."""
    template: str = scope.get("path_template", _NOTHING)
    return template

"""A topic of Azure Event Grid over https: takes batches of CloudEvents, with Azure's rules and error bodies.

As documented at learn.microsoft.com/azure/event-grid/post-to-custom-topic and .../event-grid/cloud-event-schema.
"""

import contextlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.doubles.certificates import Certificates

_MOST_BYTES = 1_048_576
_TYPES = {"application/cloudevents-batch+json", "application/cloudevents+json"}
_NEEDED = ("id", "source", "specversion", "type")


@dataclass(slots=True)
class EventGridTopic:
    """The double.

    Attributes:
        url: its endpoint.
        token: the one that is let in.
        refusals: statuses of the next answers, before all others.
        events: what was taken, in order.
        requests: the size of each request that was taken.
    """

    url: str = ""
    token: str = ""
    refusals: list[int] = field(default_factory=list[int])
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    requests: list[int] = field(default_factory=list[int])


@contextlib.asynccontextmanager
async def running_event_grid(
    certificates: Certificates, *, topic: EventGridTopic | None = None
) -> AsyncGenerator[EventGridTopic]:
    """Run a topic, one that ran before on its port and with what it has taken; its end cuts all connections."""
    topic = topic or EventGridTopic()
    app = web.Application(client_max_size=1 << 26)

    async def take(request: web.Request) -> web.Response:
        return await _answer(topic, request)

    app.router.add_post("/api/events", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    port = urlsplit(topic.url).port or 0
    site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True, ssl_context=certificates.server_context)
    await site.start()
    try:
        topic.url = f"https://localhost:{runner.addresses[0][1]}/api/events"
        yield topic
    finally:
        await runner.cleanup()


async def _answer(topic: EventGridTopic, request: web.Request) -> web.Response:
    body = await request.read()
    if topic.refusals:
        return _refused(topic.refusals.pop(0), "ServiceUnavailable", "As the test wants.")
    refusal = _refusal(topic, request, len(body))
    if refusal is not None:
        return refusal
    read = json.loads(body)
    events = read if request.content_type == "application/cloudevents-batch+json" else [read]
    for event in events:
        missing = [name for name in _NEEDED if not event.get(name)]
        if missing or event["specversion"] != "1.0":
            told = f"This resource is configured to receive event in 'CloudEventV10' schema. Missing: {missing}."
            return _refused(400, "BadRequest", told)
    topic.events += events
    topic.requests.append(len(body))
    return web.Response(status=200)


def _refusal(topic: EventGridTopic, request: web.Request, size: int) -> web.Response | None:
    if request.headers.get("Authorization") != f"Bearer {topic.token}":
        return _refused(401, "Unauthorized", "The request authorization token is invalid.")
    if request.query.get("api-version") != "2018-01-01":
        return _refused(400, "BadRequest", "The api-version is not supported.")
    if request.content_type not in _TYPES:
        return _refused(415, "UnsupportedMediaType", "The Content-Type header is not supported.")
    if size > _MOST_BYTES:
        return _refused(413, "RequestEntityTooLarge", "The maximum size (1048576) has been exceeded.")
    return None


def _refused(status: int, code: str, message: str) -> web.Response:
    error = {"code": code, "message": message, "details": [{"code": "InputJsonInvalid", "message": message}]}
    return web.json_response({"error": error}, status=status, headers={"Retry-After": "0"} if status == 503 else None)

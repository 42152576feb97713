"""A platform in memory whose workers run, and ways to call it without a socket."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from litestar import Litestar

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.workers.batch_service import serve_batches
from textnlp.workers.generation_service import serve_generations
from textnlp.workers.validation_service import serve_validations


@contextlib.asynccontextmanager
async def served_app() -> AsyncGenerator[Litestar]:
    """Yield the API while the workers behind it run."""
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    services = (intake.run(), serve_batches(platform), serve_generations(platform), serve_validations(platform))
    tasks = [asyncio.create_task(service) for service in services]
    try:
        yield create_app(platform, intake=intake)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def async_transport() -> AsyncGenerator[httpx.AsyncBaseTransport]:
    """Yield a transport to a platform whose workers run."""
    async with served_app() as app:
        application: Any = app
        yield httpx.ASGITransport(application)


class PortalTransport(httpx.BaseTransport):
    """Hands the requests of a blocking client to an application that runs in another thread."""

    def __init__(self, portal: BlockingPortal, inner: httpx.AsyncBaseTransport) -> None:
        self._portal = portal
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._answered, request)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@contextlib.contextmanager
def portal_transport() -> Generator[PortalTransport]:
    """Yield such a transport for a blocking client."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(async_transport()) as inner:
        yield PortalTransport(portal, inner)

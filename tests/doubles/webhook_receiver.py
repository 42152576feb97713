"""A receiver of webhooks, over a real socket, that answers as it is told."""

import asyncio
from dataclasses import dataclass
from typing import Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Received:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class WebhookReceiver:
    """Keeps what is posted, and answers with the next of `statuses`, then with 204.

    Attributes:
        delay_seconds: how long it thinks before it answers.
    """

    def __init__(
        self, *statuses: int, headers: dict[str, str] | None = None, body: bytes = b"", delay_seconds: float = 0.0
    ) -> None:
        self.statuses = list(statuses)
        self.received: list[Received] = []
        self.delay_seconds = delay_seconds
        self._headers = headers or {}
        self._body = body
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return self._port

    @property
    def url(self) -> str:
        """Where webhooks are to be posted."""
        return f"http://127.0.0.1:{self._port}/hooks"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def wait_for(self, count: int, *, seconds: float = 30.0) -> list[Received]:
        """Return once so many requests have arrived."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:  # noqa: ASYNC110  it is looked at, and tells nobody
                await asyncio.sleep(0.02)
        return self.received

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.received.append(
            Received(request.path, {name.lower(): value for name, value in request.headers.items()}, body)
        )
        await asyncio.sleep(self.delay_seconds)
        status = self.statuses.pop(0) if self.statuses else 204
        return web.Response(status=status, headers=self._headers, body=self._body if status != 204 else None)

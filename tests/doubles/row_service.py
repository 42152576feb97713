"""A service that judges rows, over a real socket, and fails as it is told."""

import asyncio
import json
from typing import Any, Self

from aiohttp import web


class RowJudgeService:
    """Answers with the next of `statuses` (0 cuts the connection), then judges.

    A row whose `text` holds `bad` does not pass; the reason is the text, the score its length.

    Attributes:
        requests: how many arrived.
        most_at_once: the most that were there together.
        headers: of each request.
        rows: all rows that it judged.
    """

    def __init__(
        self, *statuses: int, delay_seconds: float = 0.0, padding: int = 0, retry_after: str | None = None
    ) -> None:
        self.requests = self.most_at_once = 0
        self.headers: list[dict[str, str]] = []
        self.rows: list[dict[str, Any]] = []
        self._statuses = list(statuses)
        self._delay_seconds = delay_seconds
        self._padding = padding
        self._retry_after = retry_after
        self._now = 0
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/judge"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_post("/judge", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self._now += 1
        self.requests += 1
        self.most_at_once = max(self.most_at_once, self._now)
        self.headers.append(dict(request.headers))
        try:
            rows = json.loads(await request.read())["rows"]
            await asyncio.sleep(self._delay_seconds)
            return self._answer(request, rows)
        finally:
            self._now -= 1

    def _answer(self, request: web.Request, rows: list[dict[str, Any]]) -> web.StreamResponse:
        if self._statuses:
            status = self._statuses.pop(0)
            if status == 0 and request.transport is not None:
                request.transport.abort()
            headers = {"Location": self.url} | ({"Retry-After": self._retry_after} if self._retry_after else {})
            return web.Response(status=status or 500, headers=headers, text="row 0 is what you sent")
        self.rows += rows
        results = [
            {"passed": "bad" not in row["text"], "reason": row["text"], "score": len(row["text"])} for row in rows
        ]
        return web.Response(body=json.dumps({"results": results}).encode() + b" " * self._padding)

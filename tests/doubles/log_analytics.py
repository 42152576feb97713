"""Stands in for the query service of Log Analytics, as learn.microsoft.com/rest/api/loganalytics documents it.

It runs no queries: the tests of textnlp_infra.queries have Kusto's own parser read them. It answers, in turn, with the
rows that it is given, and shows what it was asked.
"""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.doubles.azure_callers import valid_token
from tests.doubles.entra import Entra

_COLUMNS = (("total", "long"), ("failed", "long"), ("error_percent", "real"), ("verdict", "string"))


@dataclass(slots=True)
class LogAnalytics:
    """The double.

    Attributes:
        rows: answers in order; the last one is given again and again.
        asked: path and query of every request that was let in.
    """

    entra: Entra
    address: str = ""
    rows: list[tuple[int, int, float, str]] = field(default_factory=list[tuple[int, int, float, str]])
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def environment(self) -> dict[str, str]:
        """Variables that make a process ask it, as somebody who may."""
        return {**self.entra.environment, "TEXTNLP_LOG_ANALYTICS": self.address}

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a query."""
        if valid_token(request, self.entra.key, audience=self.address) is None:
            return _error(403, "InsufficientAccessError", "The provided credentials have insufficient access.")
        body: dict[str, Any] = await request.json()
        self.asked.append((request.path, body["query"]))
        if not self.rows:
            return _error(400, "BadArgumentError", "The request had some invalid properties")
        row = self.rows.pop(0) if len(self.rows) > 1 else self.rows[0]
        columns = [{"name": name, "type": kind} for name, kind in _COLUMNS]
        return web.json_response({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": [row]}]})


@contextlib.asynccontextmanager
async def running_log_analytics(entra: Entra) -> AsyncGenerator[LogAnalytics]:
    """Run the double."""
    double = LogAnalytics(entra)
    app = web.Application()
    app.router.add_post("/v1/{resource:.+}/query", double.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=entra.certificates.server_context).start()
    double.address = f"https://localhost:{runner.addresses[0][1]}"
    try:
        yield double
    finally:
        await runner.cleanup()


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)

"""The part of the Hugging Face Hub that takes a dataset: repositories made, files committed."""

import base64
import contextlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class HubDouble:
    """Remembers what was made and committed, for whoever has the token."""

    token: str
    url: str = ""
    repositories: dict[str, bool] = field(default_factory=dict[str, bool])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    messages: list[str] = field(default_factory=list[str])

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncGenerator["HubDouble"]:
        """Serve it on a free port."""
        app = web.Application(middlewares=[self._checked])
        app.router.add_post("/api/repos/create", self._create)
        app.router.add_post("/api/datasets/{owner}/{name}/preupload/{revision}", self._preupload)
        app.router.add_post("/api/datasets/{owner}/{name}/commit/{revision}", self._commit)
        app.router.add_get("/api/datasets/{owner}/{name}/revision/{revision}", self._info)
        app.router.add_get("/api/datasets/{owner}/{name}", self._info)
        app.router.add_post("/api/validate-yaml", self._validate)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    @web.middleware
    async def _checked(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "Invalid credentials"}, status=401)
        return await handler(request)

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        name = f"{asked.get('organization') or 'me'}/{asked['name']}"
        self.repositories[name] = bool(asked.get("private")) or asked.get("visibility") == "private"
        return web.json_response({"url": f"{self.url}/datasets/{name}"})

    async def _preupload(self, request: web.Request) -> web.Response:
        asked = await request.json()
        files = [{"path": file["path"], "uploadMode": "regular", "shouldIgnore": False} for file in asked["files"]]
        return web.json_response({"files": files})

    async def _commit(self, request: web.Request) -> web.Response:
        for line in (await request.text()).splitlines():
            part = json.loads(line)
            if part["key"] == "header":
                self.messages.append(part["value"]["summary"])
            else:
                self.files[part["value"]["path"]] = base64.b64decode(part["value"]["content"])
        name = f"{request.match_info['owner']}/{request.match_info['name']}"
        return web.json_response({"commitUrl": f"{self.url}/datasets/{name}/commit/1", "commitOid": "1" * 40})

    async def _info(self, request: web.Request) -> web.Response:
        name = f"{request.match_info['owner']}/{request.match_info['name']}"
        return web.json_response({"id": name, "sha": "0" * 40, "siblings": [], "private": True, "tags": []})

    async def _validate(self, request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"errors": [], "warnings": []})

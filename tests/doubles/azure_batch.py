"""Stands in for an Azure Batch account: takes jobs and tasks over TLS, and really runs the tasks, as local processes.

Paths and documents are those of the REST API of version 2025-06-01, as documented at
learn.microsoft.com/rest/api/batchservice. Images are not run: a command runs in the environment of the tests.
"""

import asyncio
import contextlib
import os
import shlex
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.doubles.azure_callers import valid_token
from tests.doubles.entra import Entra

_AUDIENCE = "https://batch.core.windows.net"
_PAGE = 2


@dataclass(slots=True)
class BatchAccount:
    """The double, and what it was asked.

    Attributes:
        address: the account's.
        breaks: how many of the next attempts end with exit code 1 before they begin.
        attempts: of all tasks so far.
        jobs: the documents of all jobs that there are, with their tasks.
        removed: ids of jobs that were removed.
    """

    entra: Entra
    nodes: int
    address: str = ""
    breaks: int = 0
    attempts: int = 0
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    tasks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    removed: list[str] = field(default_factory=list[str])
    pools: frozenset[str] = frozenset({"workers"})
    running: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Let as many tasks run at once as there are machines."""
        self.free = asyncio.Semaphore(self.nodes)

    async def create(self, request: web.Request) -> web.Response:
        """Begin a job."""
        job = await request.json()
        if job["poolInfo"]["poolId"] not in self.pools:
            return _error(404, "PoolNotFound")
        if job["id"] in self.jobs:
            return _error(409, "JobExists")
        self.jobs[job["id"]] = {**job, "tasks": {}}
        return web.Response(status=201)

    async def add(self, request: web.Request) -> web.Response:
        """Take tasks, and begin them."""
        job = self.jobs.get(request.match_info["job"])
        if job is None:
            return _error(404, "JobNotFound")
        told: list[dict[str, Any]] = []
        for task in (await request.json())["value"]:
            if task["id"] in job["tasks"]:
                told.append({"taskId": task["id"], "status": "clienterror", "error": {"code": "TaskExists"}})
                continue
            job["tasks"][task["id"]] = {**task, "state": "active"}
            self.tasks.append(task)
            running = asyncio.create_task(_run(self, job["tasks"][task["id"]]))
            self.running.add(running)
            running.add_done_callback(self.running.discard)
            told.append({"taskId": task["id"], "status": "success"})
        return web.json_response({"value": told})

    async def show(self, request: web.Request) -> web.Response:
        """Show a page of the tasks of a job."""
        job = self.jobs.get(request.match_info["job"])
        if job is None:
            return _error(404, "JobNotFound")
        tasks, first = list(job["tasks"].values()), int(request.query.get("$skiptoken", "0"))
        kept = [{name: task.get(name) for name in ("id", "state", "executionInfo")} for task in tasks]
        page: dict[str, Any] = {"value": kept[first : first + _PAGE]}
        if first + _PAGE < len(kept):
            version = request.query["api-version"]
            page["odata.nextLink"] = (
                f"{self.address}/jobs/{job['id']}/tasks?api-version={version}&$skiptoken={first + _PAGE}"
            )
        return web.json_response(page)

    async def remove(self, request: web.Request) -> web.Response:
        """Remove a job."""
        if self.jobs.pop(request.match_info["job"], None) is None:
            return _error(404, "JobNotFound")
        self.removed.append(request.match_info["job"])
        return web.Response(status=202)


@contextlib.asynccontextmanager
async def running_account(entra: Entra, *, nodes: int = 2) -> AsyncGenerator[BatchAccount]:
    """Run the double, with a pool `workers` of that many machines."""
    account = BatchAccount(entra, nodes)
    app = web.Application(middlewares=[_doorkeeper(account)])

    app.router.add_post("/jobs", account.create)
    app.router.add_post("/jobs/{job}/addtaskcollection", account.add)
    app.router.add_get("/jobs/{job}/tasks", account.show)
    app.router.add_delete("/jobs/{job}", account.remove)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=entra.certificates.server_context).start()
    account.address = f"https://localhost:{runner.addresses[0][1]}"
    try:
        yield account
    finally:
        for running in account.running:
            running.cancel()
        await asyncio.gather(*account.running, return_exceptions=True)
        await runner.cleanup()


def _doorkeeper(account: BatchAccount) -> Any:
    @web.middleware
    async def keep(request: web.Request, handler: Any) -> web.StreamResponse:
        if valid_token(request, account.entra.key, audience=_AUDIENCE) is None:
            return _error(401, "AuthenticationFailed")
        if request.query.get("api-version") != "2025-06-01":
            return _error(400, "InvalidQueryParameterValue")
        return await handler(request)

    return keep


async def _run(account: BatchAccount, task: dict[str, Any]) -> None:
    """Run a task on a machine that is free, again after a failure as often as it may."""
    environment = {each["name"]: each["value"] for each in task["environmentSettings"]}
    program, *arguments = shlex.split(task["commandLine"])
    async with account.free:
        task["state"] = "running"
        code = 1
        for _ in range(1 + task["constraints"]["maxTaskRetryCount"]):
            account.attempts += 1
            if account.breaks:
                account.breaks -= 1
                continue
            process = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).with_name(program)), *arguments, env={**os.environ, **environment}
            )
            code = await process.wait()
            if code == 0:
                break
        result = "success" if code == 0 else "failure"
        task.update(state="completed", executionInfo={"exitCode": code, "result": result})


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"code": code, "message": {"lang": "en-us", "value": code}}, status=status)

"""The files and fine-tuning jobs of Azure OpenAI or OpenAI, over a real socket; keeps all while it is stopped.

Bodies, states and codes of errors are those of Azure's specification `azureopenai.json` of version 2024-10-21 with its
examples, and of platform.openai.com, "Fine-tuning". Azure answers 201 to what it has made, leaves out the fields that
are empty, and tells events oldest first; OpenAI fills them in, and tells the newest first.

A file is seen pending some times with Azure. A job takes one step each time it is looked at: it waits, it runs, it
ends as the next of `endings` says.
"""

import contextlib
import itertools
import time
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from joserfc.jwk import RSAKey

from tests.doubles.azure_callers import valid_token
from tests.doubles.mishaps import Handler, Mishap, answered
from tests.doubles.openai_batch_states import Flavour, StoredFile

BASE_MODEL = "gpt-4.1-mini-2025-04-14"
_PATHS = {Flavour.OPENAI: ("/v1",), Flavour.AZURE: ("/openai/v1", "/openai")}
_STATES = {Flavour.OPENAI: ("validating_files", "queued", "running"), Flavour.AZURE: ("pending", "running")}
_ENDED = frozenset({"succeeded", "failed", "cancelled"})
_MESSAGES = {
    "pending": "Job enqueued. Waiting for jobs ahead to complete.",
    "validating_files": "Validating training file.",
    "queued": "Files validated, moving job to queued state.",
    "running": "Job started.",
    "succeeded": "Job succeeded.",
    "failed": "Job failed.",
    "cancelled": "Job cancelled.",
}
_FAILURE = {"code": "jsonlValidationFailed", "message": "Too many examples were skipped.", "param": "training_file"}
_NO_MODEL = "The specified base model does not support fine-tuning."
_RESULTS = b"step,train_loss,train_accuracy\n1,2.5,0.4\n2,1.5,0.6\n"


@dataclass(slots=True, kw_only=True)
class StoredJob:
    """A job on its way."""

    id: str
    asked: dict[str, Any]
    created_at: int
    ending: str
    status: str = ""
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    result_files: list[str] = field(default_factory=list[str])
    finished_at: int | None = None

    @property
    def tuned_model(self) -> str | None:
        """What the result is called, once there is one."""
        suffix = f"-{self.asked['suffix']}" if self.asked.get("suffix") else ""
        return f"{self.asked['model']}.{self.id}{suffix}" if self.status == "succeeded" else None

    def shown(self, flavour: Flavour) -> dict[str, Any]:
        """Return it as the API does."""
        facts = {
            "object": "fine_tuning.job",
            "id": self.id,
            "model": self.asked["model"],
            "created_at": self.created_at,
            "finished_at": self.finished_at,
            "fine_tuned_model": self.tuned_model,
            "training_file": self.asked["training_file"],
            "validation_file": self.asked.get("validation_file"),
            "result_files": self.result_files,
            "status": self.status,
            "trained_tokens": 4_200 if self.status == "succeeded" else None,
            "error": _FAILURE if self.status == "failed" else {},
            "seed": self.asked.get("seed", 42),
            "estimated_finish": self.created_at + 600 if self.status == "running" else None,
        }
        hyperparameters = self.asked.get("hyperparameters", {})
        if flavour is Flavour.OPENAI:
            automatic = {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto"}
            return {**facts, "organization_id": "org-stub", "hyperparameters": {**automatic, **hyperparameters}}
        told = {name: value for name, value in facts.items() if value not in (None, [], {})}
        return {**told, "hyperparameters": {"n_epochs": -1, **hyperparameters}}


class FineTuning:
    """The server.

    Attributes:
        endings: how the next jobs end; `succeeded` where none is left.
        mishaps: what befalls the next calls.
        files, jobs: what it holds, by id.
        tokens: that were shown.
        pending_looks: how often a file is seen pending, with Azure.
        refused_file: what is said of the next files, where they are found not fit.
        wants_training_type: whether a job without one is refused, as some regions of Azure do.
        is_held: whether running jobs stay so.
    """

    def __init__(self, flavour: Flavour = Flavour.AZURE, *, key: RSAKey | None = None) -> None:
        self.flavour = flavour
        self.endings: deque[str] = deque()
        self.mishaps: list[Mishap] = []
        self.files: dict[str, StoredFile] = {}
        self.jobs: dict[str, StoredJob] = {}
        self.tokens: set[str] = set()
        self.pending_looks = 2
        self.refused_file: str | None = None
        self.wants_training_type = False
        self.is_held = False
        self._refused: dict[str, str] = {}
        self._key = key
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """What is given as the base URL of the newer form of paths."""
        return self.endpoint + _PATHS[self.flavour][0]

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncGenerator["FineTuning"]:
        """Listen while the block runs, on the port of the first time."""
        app = web.Application(middlewares=[self._guard], client_max_size=1 << 30)
        for base in _PATHS[self.flavour]:
            jobs = f"{base}/fine_tuning/jobs"
            app.add_routes(
                [
                    web.post(f"{base}/files", self._upload),
                    web.get(f"{base}/files/{{id}}", self._file),
                    web.get(f"{base}/files/{{id}}/content", self._content),
                    web.post(jobs, self._create),
                    web.get(jobs, self._list),
                    web.get(f"{jobs}/{{id}}", self._job),
                    web.post(f"{jobs}/{{id}}/cancel", self._cancel),
                    web.get(f"{jobs}/{{id}}/events", self._events),
                ]
            )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]
        try:
            yield self
        finally:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._key is not None:
            token = valid_token(request, self._key)
            if token is None:
                return self._refusal(401, "unauthorized", "Access denied due to an invalid token or a wrong audience.")
            self.tokens.add(token)
        is_versioned = request.path.startswith("/openai/") and not request.path.startswith("/openai/v1/")
        if is_versioned and "api-version" not in request.query:
            return self._refusal(404, "404", "Resource not found")
        return await answered(
            request,
            handler,
            self.mishaps,
            lambda status: self._refusal(status, "internalFailure", "Internal error. Please retry."),
        )

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        given = form.get("file")
        if form.get("purpose") != "fine-tune" or not isinstance(given, web.FileField):
            return self._refusal(400, "invalidPayload", "A file and the purpose 'fine-tune' are needed.")
        with given.file as received:
            file = self._stored(given.filename, received.read(), purpose="fine-tune")
        file.looks_left = self.pending_looks
        if self.refused_file is not None:
            self._refused[file.id] = self.refused_file
        return self._made(self._shown(file), request)

    async def _file(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["id"])
        if file is None:
            return self._missing("file")
        file.looks_left -= 1
        return web.json_response(self._shown(file))

    async def _content(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["id"])
        if file is None:
            return self._missing("file")
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _create(self, request: web.Request) -> web.Response:
        asked: dict[str, Any] = await request.json()
        if asked.get("model") != BASE_MODEL or (self.wants_training_type and "trainingType" not in asked):
            return self._refusal(400, "invalidPayload", _NO_MODEL)
        for name in ("training_file", "validation_file"):
            file = self.files.get(asked.get(name, ""))
            if name in asked and file is None:
                return self._refusal(400, "invalidPayload", f"The {name} {asked[name]} does not exist.")
            if file is not None and self._shown(file)["status"] != "processed":
                return self._refusal(400, "unexpectedEntityState", f"The file {file.id} is not processed.")
        job = StoredJob(
            id=f"ftjob-{next(self._numbers)}",
            asked=asked,
            created_at=int(time.time()),
            ending=self.endings.popleft() if self.endings else "succeeded",
        )
        self.jobs[job.id] = job
        self._become(job, _STATES[self.flavour][0])
        return self._made(job.shown(self.flavour), request)

    async def _list(self, request: web.Request) -> web.Response:
        newest = [job.shown(self.flavour) for job in self.jobs.values()][::-1]
        return _page(newest, request)

    async def _job(self, request: web.Request) -> web.Response:
        job = self.jobs.get(request.match_info["id"])
        if job is None:
            return self._missing("fine-tuning job")
        self._advance(job)
        return web.json_response(job.shown(self.flavour))

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self.jobs.get(request.match_info["id"])
        if job is None:
            return self._missing("fine-tuning job")
        if job.status in _ENDED:
            return self._refusal(400, "unexpectedEntityState", f"The job is {job.status} and cannot be cancelled.")
        self._become(job, "cancelled")
        return web.json_response(job.shown(self.flavour))

    async def _events(self, request: web.Request) -> web.Response:
        job = self.jobs.get(request.match_info["id"])
        if job is None:
            return self._missing("fine-tuning job")
        return _page(job.events if self.flavour is Flavour.AZURE else job.events[::-1], request)

    def _advance(self, job: StoredJob) -> None:
        """Take one step."""
        states = _STATES[self.flavour]
        if job.status in _ENDED or (self.is_held and job.status == "running"):
            return
        if job.status != "running":
            self._become(job, states[states.index(job.status) + 1])
            return
        self._tell(job, "Step 2: training loss=1.5", kind="metrics", data={"step": 2, "train_loss": 1.5})
        if job.ending == "succeeded":
            job.result_files.append(self._stored("results.csv", _RESULTS, purpose="fine-tune-results").id)
        self._become(job, job.ending)

    def _become(self, job: StoredJob, status: str) -> None:
        job.status = status
        if status in _ENDED:
            job.finished_at = int(time.time())
        self._tell(job, _MESSAGES[status])

    def _tell(self, job: StoredJob, message: str, *, kind: str = "message", data: dict[str, Any] | None = None) -> None:
        event = {
            "object": "fine_tuning.job.event",
            "id": f"ftevent-{next(self._numbers)}",
            "created_at": job.created_at + len(job.events),
            "level": "info",
            "message": message,
            "type": kind,
        }
        job.events.append(event if data is None else {**event, "data": data})

    def _stored(self, filename: str, content: bytes, *, purpose: str) -> StoredFile:
        file = StoredFile(id=f"file-{next(self._numbers)}", filename=filename, purpose=purpose, content=content)
        self.files[file.id] = file
        return file

    def _shown(self, file: StoredFile) -> dict[str, Any]:
        shown = file.shown(self.flavour)
        if shown["status"] == "processed" and file.id in self._refused:
            return {**shown, "status": "error", "status_details": self._refused[file.id]}
        return shown

    def _made(self, body: dict[str, Any], request: web.Request) -> web.Response:
        if self.flavour is Flavour.OPENAI:
            return web.json_response(body)
        return web.json_response(body, status=201, headers={"location": f"{request.url}/{body['id']}"})

    def _missing(self, what: str) -> web.Response:
        return self._refusal(404, "notFound", f"The {what} does not exist.")

    def _refusal(self, status: int, code: str, message: str) -> web.Response:
        if self.flavour is Flavour.OPENAI:
            error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
            return web.json_response({"error": error}, status=status)
        inner = {"innererror": {"code": code}} if code == "invalidPayload" else {}
        return web.json_response({"error": {"code": code, "message": message, **inner}}, status=status)


def _page(items: list[dict[str, Any]], request: web.Request) -> web.Response:
    """Return the items behind `after`, at most `limit` of them."""
    after, limit = request.query.get("after"), int(request.query.get("limit", "20"))
    places = [place for place, item in enumerate(items) if item["id"] == after]
    start = places[0] + 1 if places else 0
    shown = items[start : start + limit]
    return web.json_response({"object": "list", "data": shown, "has_more": start + limit < len(items)})

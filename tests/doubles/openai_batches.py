"""The Batch API of OpenAI or Azure OpenAI, over a real socket; keeps what it was given while it is stopped.

A batch takes one step each time it is looked at: `validating`, `in_progress`, `finalizing`, and its end. How it goes
is what the next of `plans` says, `Plan()` where there is none.
"""

import contextlib
import dataclasses
import itertools
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any

from aiohttp import web
from joserfc.jwk import RSAKey

from tests.doubles.azure_callers import valid_token
from tests.doubles.mishaps import Handler, Mishap, answered
from tests.doubles.openai_batch_states import (
    CHARACTERS_PER_TOKEN,
    Flavour,
    Plan,
    StoredBatch,
    StoredFile,
    faults_of,
    result_lines,
)

_BASES = {Flavour.OPENAI: ("/v1",), Flavour.AZURE: ("/openai/v1", "/openai")}
_ENDPOINTS = {Flavour.OPENAI: "/v1/chat/completions", Flavour.AZURE: "/chat/completions"}
_QUOTA = {
    Flavour.OPENAI: "Enqueued token limit reached for {model} in organization org-stub. Limit: {limit:,} enqueued "
    "tokens. Please try again once some in_progress batches have been completed.",
    Flavour.AZURE: "The number of enqueued tokens has surpassed the configured limit of {limit} for the deployment "
    "'{model}'. Please either increase the limit or try again once the current jobs have finished.",
}
_PENDING = (
    "The input file '{id}' is in 'pending' state. Only files with status 'Processed' are accepted for batch "
    "inferencing. Please check the file status and try again."
)


class OpenAIBatches:
    """The server.

    Attributes:
        plans: how the next batches go.
        mishaps: what befalls the next calls.
        files, batches: what it holds, by id.
        pending_looks: how often a file is seen pending, with Azure.
        max_enqueued_tokens: prompt tokens that may wait, four characters each.
        overlaps: requests that were put into a batch while another living one held them.
        uploads: files that came in.
        transfers: how each upload said its length: `Content-Length` or `chunked`.
        tokens: of Entra ID that were shown, where only those are taken.
    """

    def __init__(
        self,
        flavour: Flavour = Flavour.OPENAI,
        *,
        api_key: str | None = None,
        token_key: RSAKey | None = None,
        max_rows: int = 50_000,
    ) -> None:
        self.flavour = flavour
        self.plans: deque[Plan] = deque()
        self.mishaps: list[Mishap] = []
        self.files: dict[str, StoredFile] = {}
        self.batches: dict[str, StoredBatch] = {}
        self.pending_looks = 2
        self.max_enqueued_tokens: int | None = None
        self.overlaps: list[str] = []
        self.times_asked: Counter[str] = Counter()
        self.uploads = 0
        self.looks = 0
        self.transfers: list[str] = []
        self.tokens: set[str] = set()
        self._api_key = api_key
        self._token_key = token_key
        self._max_rows = max_rows
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        """What an OpenAI client takes as its base URL."""
        return f"http://127.0.0.1:{self._port}{_BASES[self.flavour][0]}"

    @property
    def live(self) -> list[StoredBatch]:
        """The batches that have not ended."""
        return [batch for batch in self.batches.values() if batch.is_live]

    @property
    def statuses(self) -> list[str]:
        """How the batches stand, oldest first."""
        return [batch.status for batch in self.batches.values()]

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncGenerator["OpenAIBatches"]:
        """Listen while the block runs, on the port of the first time."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def start(self) -> None:
        """Listen."""
        app = web.Application(middlewares=[self._guard], client_max_size=1 << 30)
        for base in _BASES[self.flavour]:
            app.add_routes(self._routes(base))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    def _routes(self, base: str) -> list[web.RouteDef]:
        return [
            web.post(f"{base}/files", self._upload),
            web.get(f"{base}/files", self._list_files),
            web.get(f"{base}/files/{{id}}", self._file),
            web.get(f"{base}/files/{{id}}/content", self._content),
            web.delete(f"{base}/files/{{id}}", self._delete_file),
            web.post(f"{base}/batches", self._create),
            web.get(f"{base}/batches", self._list_batches),
            web.get(f"{base}/batches/{{id}}", self._batch),
            web.post(f"{base}/batches/{{id}}/cancel", self._cancel),
            web.get(f"{base}/models", self._models),
        ]

    async def stop(self) -> None:
        """Stop listening; files and batches stay."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def release(self) -> None:
        """Let batches that are held go on."""
        for batch in self.batches.values():
            batch.plan = dataclasses.replace(batch.plan, is_held=False)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        key = request.headers.get("api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._api_key is not None and key != self._api_key:
            return _refusal(401, "Incorrect API key provided.", code="invalid_api_key")
        if self._token_key is not None:
            token = valid_token(request, self._token_key)
            if token is None:
                return _refusal(401, "Access denied due to an invalid token or a wrong audience.", code="unauthorized")
            self.tokens.add(token)
        if request.path.startswith(("/openai/files", "/openai/batches")) and "api-version" not in request.query:
            return _refusal(404, "Resource not found", code="404")
        return await answered(
            request,
            handler,
            self.mishaps,
            lambda status: _refusal(status, "The server had an error.", code="server_error"),
        )

    async def _upload(self, request: web.Request) -> web.Response:
        self.transfers.append("Content-Length" if request.content_length is not None else "chunked")
        form = await request.post()
        given = form.get("file")
        if form.get("purpose") != "batch" or not isinstance(given, web.FileField):
            return _refusal(400, "A file and the purpose 'batch' are needed.", code="invalid_request")
        with given.file as received:
            file = self._stored(given.filename, received.read(), purpose="batch")
        file.looks_left = self.pending_looks
        self.uploads += 1
        status = 201 if self.flavour is Flavour.AZURE else 200
        return web.json_response(file.shown(self.flavour), status=status)

    async def _list_files(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"object": "list", "data": [file.shown(self.flavour) for file in self.files.values()]})

    async def _file(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["id"])
        if file is None:
            return _missing("file")
        file.looks_left -= 1
        return web.json_response(file.shown(self.flavour))

    async def _content(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["id"])
        return (
            _missing("file")
            if file is None
            else web.Response(body=file.content, content_type="application/octet-stream")
        )

    async def _delete_file(self, request: web.Request) -> web.Response:
        file = self.files.pop(request.match_info["id"], None)
        if file is None:
            return _missing("file")
        return web.json_response({"id": file.id, "object": "file", "deleted": True})

    async def _create(self, request: web.Request) -> web.Response:
        asked: dict[str, Any] = await request.json()
        file = self.files.get(asked.get("input_file_id", ""))
        if file is None:
            return _missing("file")
        if asked.get("endpoint") != _ENDPOINTS[self.flavour] or asked.get("completion_window") != "24h":
            return _refusal(400, "Invalid value for endpoint or completion_window.", code="invalid_value")
        if self.flavour is Flavour.AZURE and file.looks_left > 0:
            return _refusal(400, _PENDING.format(id=file.id), code="invalidFileStatus")
        rows, faults = faults_of(file.content, endpoint=asked["endpoint"], max_rows=self._max_rows)
        tokens = sum(-(-len(row.prompt) // CHARACTERS_PER_TOKEN) for row in rows)
        has_room = self.max_enqueued_tokens is None or (
            sum(batch.tokens for batch in self.live) + tokens <= self.max_enqueued_tokens
        )
        if not has_room and self.flavour is Flavour.AZURE:
            return _refusal(400, self._no_room(), code="token_limit_exceeded")
        if not has_room:
            faults = [{"code": "token_limit_exceeded", "message": self._no_room(), "line": None, "param": None}]
        batch = StoredBatch(
            id=f"batch_{next(self._numbers)}",
            input_file_id=file.id,
            endpoint=asked["endpoint"],
            completion_window=asked["completion_window"],
            metadata=asked.get("metadata"),
            plan=self.plans.popleft() if self.plans and not faults else Plan(),
            rows=rows,
            tokens=0 if faults else tokens,
            faults=faults,
        )
        self._admit(batch)
        return web.json_response(batch.shown())

    def _admit(self, batch: StoredBatch) -> None:
        held = {row.custom_id for other in self.live if not other.faults for row in other.rows}
        if not batch.faults:
            self.overlaps += [row.custom_id for row in batch.rows if row.custom_id in held]
            self.times_asked.update(row.prompt for row in batch.rows)
        batch.faults += [
            {"code": code, "message": message, "line": line, "param": None} for code, message, line in batch.plan.faults
        ]
        self.batches[batch.id] = batch

    async def _list_batches(self, request: web.Request) -> web.Response:
        newest = list(self.batches.values())[::-1]
        after, limit = request.query.get("after"), int(request.query.get("limit", "20"))
        places = [place for place, batch in enumerate(newest) if batch.id == after]
        start = places[0] + 1 if places else 0
        page = newest[start : start + limit]
        shown = [batch.shown() for batch in page]
        return web.json_response(
            {
                "object": "list",
                "data": shown,
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
                "has_more": start + limit < len(newest),
            }
        )

    async def _batch(self, request: web.Request) -> web.Response:
        self.looks += 1
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return _missing("batch")
        self._advance(batch)
        return web.json_response(batch.shown())

    async def _cancel(self, request: web.Request) -> web.Response:
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return _missing("batch")
        if not batch.is_live:
            return _refusal(409, f"Cannot cancel a batch with status '{batch.status}'.", code="invalid_request")
        batch.plan = dataclasses.replace(batch.plan, ending="cancelled", is_held=False)
        batch.become("cancelling")
        return web.json_response(batch.shown())

    async def _models(self, request: web.Request) -> web.Response:
        del request
        model = {"id": "m", "object": "model", "created": int(time.time()), "owned_by": "stub"}
        return web.json_response({"object": "list", "data": [model]})

    def _advance(self, batch: StoredBatch) -> None:
        """Take one step."""
        if batch.status == "validating":
            batch.become("failed" if batch.faults and not batch.plan.answered else "in_progress")
        elif batch.status == "in_progress" and not batch.plan.is_held:
            batch.become("finalizing" if batch.plan.ending == "completed" else self._finish(batch))
        elif batch.status in {"finalizing", "cancelling"}:
            batch.become(self._finish(batch))

    def _finish(self, batch: StoredBatch) -> str:
        """Write the files and return the last status."""
        output, errors = result_lines(batch)
        batch.counts = (len(output), len(errors))
        if output:
            batch.output_file_id = self._stored(f"{batch.id}_output.jsonl", _joined(output)).id
        if errors:
            batch.error_file_id = self._stored(f"{batch.id}_error.jsonl", _joined(errors)).id
        return batch.plan.ending

    def _stored(self, filename: str, content: bytes, *, purpose: str = "batch_output") -> StoredFile:
        file = StoredFile(id=f"file-{next(self._numbers)}", filename=filename, purpose=purpose, content=content)
        self.files[file.id] = file
        return file

    def _no_room(self) -> str:
        return _QUOTA[self.flavour].format(model="m", limit=self.max_enqueued_tokens or 0)


def _joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _missing(what: str) -> web.Response:
    return _refusal(HTTPStatus.NOT_FOUND, f"No such {what}.", code="not_found")


def _refusal(status: int, message: str, *, code: str) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return web.json_response({"error": error}, status=status)

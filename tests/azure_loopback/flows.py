"""The flows of the platform through its public doors: online, asynchronous, batch and usage."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from azure.storage.blob.aio import BlobServiceClient

from tests.azure_loopback.blob_events import deliver_created
from tests.azure_loopback.caller import CALLER, Caller, make_trace_id
from tests.azure_loopback.services import MODEL, ROWS_IN_FLIGHT
from textnlp.topology.containers import GENERATIONS, GENERATIONS_REALTIME, PROMPTS, PROMPTS_BATCH, VALIDATION

_ENDED = {"completed", "failed", "cancelled"}
_COMPLETED = "completed"
_CALLS = 3
"""Calls of the flows that answer a caller: one whole, one streamed, one later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """What a flow did: facts in the order in which they happened, and the trace of its request."""

    title: str
    facts: tuple[str, ...]
    trace_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Runs flows one after another; each raises `AssertionError` for what is not as it should be.

    Attributes:
        blobs: the storage account, through the library's client.
        batches: how many calls each batch may have settled. A killed worker takes with it what it had not settled,
            which expires, and its successor asks some rows again.
    """

    caller: Caller
    blobs: BlobServiceClient
    batches: dict[str, range] = field(default_factory=dict[str, range])

    async def online(self) -> FlowReport:
        """Flow 1: answers while the caller waits, whole and streamed."""
        trace_id = make_trace_id()
        body = {"model": MODEL, "messages": [{"role": "user", "content": "Praise a kettle."}], "max_tokens": 16}
        answer = await self.caller.post("/v1/chat/completions", body, trace_id=trace_id)
        whole = answer["choices"][0]["message"]["content"]
        events = await self.caller.stream("/v1/chat/completions", {**body, "stream": True}, trace_id=make_trace_id())
        pieces = [json.loads(event)["choices"] for event in events[:-1]]
        streamed = "".join(choice["delta"].get("content") or "" for piece in pieces for choice in piece)
        assert (streamed, events[-1]) == (whole, "[DONE]")
        facts = (
            f"answered: {whole!r}, {answer['usage']['total_tokens']} tokens",
            f"streamed: the same text in {len(pieces)} events",
        )
        return FlowReport(title="1. Online", facts=facts, trace_id=trace_id)

    async def asynchronous(self) -> FlowReport:
        """Flow 2: an answer that is written later, announced and looked at."""
        trace_id = make_trace_id()
        body = {"prompt": "Praise a teapot.", "mode": "async", "parameters": {"max_tokens": 16}}
        accepted = await self.caller.post("/api/v1/generate", body, trace_id=trace_id, status=202)
        done = await self.caller.until(f"/api/v1/generations/{accepted['id']}", lambda shown: shown["state"] in _ENDED)
        assert done["state"] == _COMPLETED, done
        stored = await self._names(GENERATIONS, f"{GENERATIONS_REALTIME.partition('/')[2]}/{accepted['id']}")
        assert len(stored) == 1, stored
        facts = (
            f"{accepted['id']} queued in text-generation-queue",
            f"stored: {GENERATIONS}/{stored[0]}",
        )
        return FlowReport(title="2. Asynchronous", facts=facts, trace_id=trace_id)

    async def batch(self, name: str, *, rows: int, meanwhile: "Meanwhile | None" = None) -> FlowReport:
        """Flow 3: a file in the storage account becomes answers and a report; `meanwhile` may break things."""
        trace_id = make_trace_id()
        lines = [json.dumps({"id": f"{name}-{number}", "prompt": f"{name}, row {number}"}) for number in range(rows)]
        path = f"{PROMPTS_BATCH.partition('/')[2]}/{name}.jsonl"
        await self.blobs.get_blob_client(PROMPTS, path).upload_blob("\n".join(lines).encode())
        for _ in range(2):
            await deliver_created(self.caller, f"{PROMPTS}/{path}", trace_id=trace_id)
        listed = await self.caller.until(
            "/api/v1/batches", lambda shown: any(each["name"] == f"{name}.jsonl" for each in shown["batches"])
        )
        (batch,) = [each for each in listed["batches"] if each["name"] == f"{name}.jsonl"]
        said = [] if meanwhile is None else await meanwhile(batch["id"])
        ended = await self.caller.until(f"/api/v1/batches/{batch['id']}", lambda shown: shown["state"] in _ENDED)
        assert (ended["state"], ended["counts"]["accepted"]) == (_COMPLETED, rows), ended
        written = await self._rows(f"batch/{batch['id']}/generations.jsonl")
        assert [row["id"] for row in written] == [f"{name}-{number}" for number in range(rows)]
        assert all(row["text"] for row in written)
        looked = await self.caller.until(
            f"/api/v1/batches/{batch['id']}/validation",
            lambda shown: shown.get("state") in _ENDED,
            status=(200, 202, 404),
        )
        assert looked["state"] == _COMPLETED, looked
        reports = await self._names(VALIDATION, f"reports/{batch['id']}/")
        assert reports
        unsure = 0 if meanwhile is None else ROWS_IN_FLIGHT
        self.batches[batch["id"]] = range(rows - unsure, rows + unsure + 1)
        facts = (
            f"uploaded: {PROMPTS}/{path}, {rows:,} rows; told of twice, one batch: {batch['id']}",
            *said,
            f"stored: generations/batch/{batch['id']}/generations.jsonl, every row exactly once",
            f"looked at: {len(reports)} files in validation/reports/{batch['id']}/",
        )
        return FlowReport(title=f"3. Batch, {name}", facts=facts, trace_id=trace_id)

    async def usage(self) -> FlowReport:
        """Flow 6: what the flows before have used, by caller and by batch."""
        trace_id = make_trace_id()
        by_caller = await self._usage("caller", trace_id=trace_id)
        by_batch = await self._usage("batch", trace_id=make_trace_id())
        calls = by_caller[CALLER]["calls"]
        assert calls == _CALLS, by_caller
        for batch_id, expected in self.batches.items():
            assert by_batch[batch_id]["calls"] in expected, (expected, by_batch[batch_id])
        total = sum(each["calls"] for each in by_caller.values())
        tokens = sum(each["usage"]["completion_tokens"] for each in by_caller.values())
        cost = sum(float(each["cost"]) for each in by_caller.values())
        facts = (
            f"settled: {total:,} calls, {tokens:,} tokens written, ${cost:.4f}",
            f"of the caller: {calls} calls; of batches: {[by_batch[each]['calls'] for each in self.batches]}",
        )
        return FlowReport(title="6. Usage", facts=facts, trace_id=trace_id)

    async def _usage(self, by: str, *, trace_id: str) -> dict[str, Any]:
        shown = await self.caller.get(f"/api/v1/usage?by={by}", trace_id=trace_id)
        return {each["key"]: each for each in shown["groups"]}

    async def _names(self, container: str, prefix: str) -> list[str]:
        found = self.blobs.get_container_client(container).list_blobs(name_starts_with=prefix)
        return [blob.name async for blob in found]

    async def _rows(self, path: str) -> list[dict[str, Any]]:
        download = await self.blobs.get_blob_client(GENERATIONS, path).download_blob()
        return [json.loads(line) for line in (await download.readall()).splitlines()]


Meanwhile = Callable[[str], Awaitable[list[str]]]
"""Is given the id of a batch that is under way, and returns what it has done."""

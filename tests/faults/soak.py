"""Mixed work for a platform, for as long as one likes, and what its process takes meanwhile."""

import asyncio
import json
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from tests.acceptance.command_line import until
from tests.doubles.webhook_receiver import WebhookReceiver
from tests.faults.work import BatchWork, ReviewWork, document, ended_work

_SAMPLE_SECONDS = 0.5
_WARM_UP_SHARE = 0.4
_TOO_MANY_REQUESTS = 429


class PatientTransport(httpx.AsyncHTTPTransport):
    """Waits as long as it is told to where calls come too often, and calls again."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        while (answer := await super().handle_async_request(request)).status_code == _TOO_MANY_REQUESTS:
            await answer.aclose()
            await asyncio.sleep(float(answer.headers["Retry-After"]))
        return answer


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process of the platform holds at a moment."""

    memory_megabytes: float
    handles: int
    threads: int
    connections: int
    """Backends of PostgreSQL."""


@dataclass(slots=True)
class SoakFigures:
    """What was done, and what the process took."""

    done: dict[str, int] = field(default_factory=dict[str, int])
    samples: list[Sample] = field(default_factory=list[Sample])
    expected_events: set[str] = field(default_factory=set[str])

    def count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    def halves(self, figure: str) -> tuple[float, float]:
        """Return the median of a figure in the first and in the second half after the warm-up."""
        values = [getattr(sample, figure) for sample in self.samples[int(_WARM_UP_SHARE * len(self.samples)) :]]
        middle = len(values) // 2
        return statistics.median(values[:middle]), statistics.median(values[middle:])

    def lines(self) -> list[str]:
        done = ", ".join(f"{count:,} {what}" for what, count in sorted(self.done.items()))
        taken = [
            f"{figure.replace('_', ' '):<17} {first:8.1f} then {second:8.1f} (medians of both halves after warming up)"
            for figure in ("memory_megabytes", "handles", "threads", "connections")
            for first, second in [self.halves(figure)]
        ]
        return [done, *taken]


class Soak:
    """Callers of every kind at once, each at its own until time is up."""

    def __init__(self, url: str, *, process_id: int, seconds: float) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=60, transport=PatientTransport())
        self._process = psutil.Process(process_id)
        self._ends_at = time.monotonic() + seconds
        self.figures = SoakFigures()

    async def run(self, receiver: WebhookReceiver) -> None:
        """Work until time is up, then wait until every event that was due has arrived."""
        body = {"url": receiver.url, "event_types": ["Batch.Completed"]}
        await document(self._client, "POST", "/api/v1/webhooks", json=body)
        async with asyncio.TaskGroup() as tasks:
            for caller in (self._generate, self._stream, self._generate_later, self._batch, self._review, self._look):
                tasks.create_task(self._until_time_is_up(caller))
            tasks.create_task(self._sample())
        await until(lambda: self._told(receiver) == self.figures.expected_events, seconds=60)
        await self._client.aclose()

    def _told(self, receiver: WebhookReceiver) -> set[str]:
        return {json.loads(received.body)["data"]["id"] for received in receiver.received}

    async def _until_time_is_up(self, caller: Any) -> None:
        while time.monotonic() < self._ends_at:
            await caller()

    async def _sample(self) -> None:
        while time.monotonic() < self._ends_at:
            await asyncio.sleep(_SAMPLE_SECONDS)
            self.figures.samples.append(await asyncio.to_thread(self._sampled))

    def _sampled(self) -> Sample:
        with self._process.oneshot():
            memory, handles = self._process.memory_info().rss, self._process.num_fds()
            threads = self._process.num_threads()
        established = [line for line in self._process.net_connections("all") if line.raddr]
        return Sample(memory / 2**20, handles, threads, len(established))

    async def _generate(self) -> None:
        answer = await document(self._client, "POST", "/api/v1/generate", json={"prompt": "Say something."})
        assert answer
        self.figures.count("generations")

    async def _stream(self) -> None:
        asked = {"messages": [{"role": "user", "content": "Say it."}], "stream": True, "model": "stub"}
        async with self._client.stream("POST", "/v1/chat/completions", json=asked) as answer:
            assert answer.status_code == 200
            last = [line async for line in answer.aiter_lines() if line][-1]
        assert last == "data: [DONE]"
        self.figures.count("streams")

    async def _generate_later(self) -> None:
        asked = {"prompt": "Say it later.", "mode": "async"}
        made = await document(self._client, "POST", "/api/v1/generate", json=asked)
        async with asyncio.timeout(180):
            while True:
                found = await document(self._client, "GET", f"/api/v1/generations/{made['id']}")
                if found["state"] != "queued":
                    break
                await asyncio.sleep(0.05)
        assert found["state"] == "completed", found
        self.figures.count("later generations")

    async def _batch(self) -> None:
        work = BatchWork(40)
        await work.submit(self._client)
        await ended_work(work, self._client, seconds=120)
        await work.check(self._client)
        self.figures.expected_events.add(work.id)
        self.figures.count("batches")

    async def _review(self) -> None:
        work = ReviewWork(5, pause_seconds=0.01)
        await work.submit(self._client)
        await ended_work(work, self._client, seconds=120)
        await work.check(self._client)
        self.figures.count("reviews")

    async def _look(self) -> None:
        for path in ("/api/v1/batches", "/api/v1/usage", "/api/v1/datasets", "/ready"):
            await document(self._client, "GET", path)
        assert (await self._client.get("/metrics")).status_code == 200
        await asyncio.sleep(0.2)
        self.figures.count("looks")

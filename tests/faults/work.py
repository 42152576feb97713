"""Work of every kind that a platform does, sent through its API, and what must have come of it in the end."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from tests.acceptance.platform_load import ENDED, prompt_lines

_JOB_ENDED = {"completed", "failed", "expired", "cancelled"}
_DATASET_ENDED = {"completed", "stopped", "cancelled", "failed"}


class Work(Protocol):
    """Something that a platform is asked to do, once, and that goes on by itself."""

    async def submit(self, client: httpx.AsyncClient) -> None: ...

    async def has_ended(self, client: httpx.AsyncClient) -> bool: ...

    async def check(self, client: httpx.AsyncClient) -> None:
        """Fail where anything was lost, or came twice."""
        ...


async def document(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    """Return what a call is answered with."""
    answer = await client.request(method, path, **more)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
    return answer.json()


@dataclass(slots=True)
class BatchWork:
    """A batch of prompts, whose rows that failed are asked again, as its owner would have them.

    Attributes:
        failed: rows whose engine was away for longer than a call is tried.
    """

    rows: int
    id: str = ""
    failed: int = 0

    async def submit(self, client: httpx.AsyncClient) -> None:
        headers = {"Content-Type": "application/x-ndjson"}
        made = await document(client, "POST", "/api/v1/batches", content=prompt_lines(self.rows), headers=headers)
        self.id = made["id"]

    async def has_ended(self, client: httpx.AsyncClient) -> bool:
        batch = await document(client, "GET", f"/api/v1/batches/{self.id}")
        if batch["state"] == "completed" and batch["counts"]["failed"]:
            self.failed = max(self.failed, batch["counts"]["failed"])
            await document(client, "POST", f"/api/v1/batches/{self.id}/retry")
            return False
        return batch["state"] in ENDED

    async def check(self, client: httpx.AsyncClient) -> None:
        batch = await document(client, "GET", f"/api/v1/batches/{self.id}")
        assert batch["state"] == "completed", batch
        assert batch["counts"]["accepted"] == self.rows, batch
        lines = (await client.get(f"/api/v1/batches/{self.id}/output")).text.splitlines()
        assert [json.loads(line)["id"] for line in lines] == [f"row-{number}" for number in range(self.rows)]


@dataclass(slots=True)
class JobWork:
    """A batch of OpenAI's clients; what its engine was away for too long for is in its error file."""

    rows: int
    id: str = ""
    failed: int = 0

    async def submit(self, client: httpx.AsyncClient) -> None:
        lines = "".join(json.dumps(self._request(number)) + "\n" for number in range(self.rows))
        form = {"purpose": "batch"}
        file = await document(client, "POST", "/v1/files", data=form, files={"file": ("r.jsonl", lines.encode())})
        asked = {"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        self.id = (await document(client, "POST", "/v1/batches", json=asked))["id"]

    async def has_ended(self, client: httpx.AsyncClient) -> bool:
        return (await document(client, "GET", f"/v1/batches/{self.id}"))["status"] in _JOB_ENDED

    async def check(self, client: httpx.AsyncClient) -> None:
        job = await document(client, "GET", f"/v1/batches/{self.id}")
        assert job["status"] == "completed", job
        self.failed = job["request_counts"]["failed"]
        files = [job["output_file_id"], *([job["error_file_id"]] if self.failed else [])]
        lines = [line for file in files for line in await self._lines(client, file)]
        assert sorted(line["custom_id"] for line in lines) == sorted(f"job-{number}" for number in range(self.rows))
        assert job["request_counts"] == {
            "total": self.rows,
            "completed": self.rows - self.failed,
            "failed": self.failed,
        }

    async def _lines(self, client: httpx.AsyncClient, file_id: str) -> list[dict[str, Any]]:
        content = await client.get(f"/v1/files/{file_id}/content")
        return [json.loads(line) for line in content.text.splitlines()]

    def _request(self, number: int) -> dict[str, Any]:
        body = {"model": "stub", "messages": [{"role": "user", "content": f"Say job-{number}."}]}
        return {"custom_id": f"job-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


@dataclass(slots=True)
class DatasetWork:
    """A run of a recipe with two calls a row, which no other run of the same recipe has asked already."""

    rows: int
    topic: str
    id: str = ""

    async def submit(self, client: httpx.AsyncClient) -> None:
        columns = {
            "number": {"kind": "uuid"},
            "review": {"kind": "text", "prompt": f"Review {self.topic} {{{{ number }}}}."},
            "answer": {"kind": "text", "prompt": "Answer: {{ review }}"},
        }
        recipe = {"name": "kettles", "columns": columns, "accept": {"rows": self.rows}}
        self.id = (await document(client, "POST", "/api/v1/datasets", json={"recipe": recipe}))["id"]

    async def has_ended(self, client: httpx.AsyncClient) -> bool:
        return (await document(client, "GET", f"/api/v1/datasets/{self.id}"))["state"] in _DATASET_ENDED

    async def check(self, client: httpx.AsyncClient) -> None:
        run = await document(client, "GET", f"/api/v1/datasets/{self.id}")
        assert (run["state"], run["progress"]["accepted"]) == ("completed", self.rows), run


@dataclass(slots=True)
class ReviewWork:
    """A review whose items people answer all the while, each again until the platform has noted it.

    Attributes:
        noted: places of the answers that were confirmed.
    """

    rows: int
    pause_seconds: float = 0.05
    id: str = ""
    noted: set[int] = field(default_factory=set[int])

    async def submit(self, client: httpx.AsyncClient) -> None:
        review = {"name": "replies", "questions": {"quality": {"kind": "rating"}}, "overlap": 1}
        rows = [{"id": f"k{number}", "prompt": "Praise it.", "reply": "Good."} for number in range(self.rows)]
        made = await document(client, "POST", "/api/v1/reviews", json={"review": review, "rows": rows})
        self.id = made["id"]

    async def has_ended(self, client: httpx.AsyncClient) -> bool:
        """Answer some more, as long as there is something to answer."""
        for _ in range(5):
            place = await self._answer_next(client)
            if place is None:
                return True
            self.noted.add(place)
            await asyncio.sleep(self.pause_seconds)
        return False

    async def check(self, client: httpx.AsyncClient) -> None:
        review = await document(client, "GET", f"/api/v1/reviews/{self.id}")
        assert review["progress"] == {"states": {"agreed": self.rows}, "answers": self.rows}, review
        assert self.noted <= set(range(self.rows))

    async def _answer_next(self, client: httpx.AsyncClient) -> int | None:
        lent = await document(client, "POST", f"/api/v1/reviews/{self.id}/next", json={"reviewer": "ada"})
        if lent["item"] is None:
            return None
        place: int = lent["item"]["position"]
        answer = {"values": {"quality": 1 + place % 5}, "reviewer": "ada"}
        await document(client, "POST", f"/api/v1/reviews/{self.id}/items/{place}/answer", json=answer)
        return place


async def ended_work(work: Work, client: httpx.AsyncClient, *, seconds: float) -> None:
    """Return once the work has ended, whatever happens to the platform meanwhile."""
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(httpx.TransportError, AssertionError):
                if await work.has_ended(client):
                    return
            await asyncio.sleep(0.2)

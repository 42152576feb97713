"""Work for a platform, through its API, that goes on however often the platform is killed meanwhile."""

import asyncio
import json
from typing import Any

import httpx

ENDED = {"completed", "failed", "cancelled"}
_LONGEST_SECONDS = 120


def prompt_lines(rows: int) -> bytes:
    """Return prompts as JSON Lines."""
    return b"".join(json.dumps({"id": f"row-{n}", "prompt": f"Say row-{n}."}).encode() + b"\n" for n in range(rows))


async def create_batch(url: str, *, rows: int) -> str:
    """Send prompts, and return the id of their batch."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=30) as client:
        answer = await client.post(
            "/batches", content=prompt_lines(rows), headers={"Content-Type": "application/x-ndjson"}
        )
        return answer.raise_for_status().json()["id"]


async def ended_batch(url: str, batch_id: str) -> dict[str, Any]:
    """Return a batch once it has ended."""
    return await ended_at(url, f"/batches/{batch_id}", ENDED)


async def ended_at(url: str, path: str, states: set[str]) -> dict[str, Any]:
    """Return what is at `path` once it is in one of `states`."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=30) as client, asyncio.timeout(_LONGEST_SECONDS):
        while True:
            found = (await client.get(path)).raise_for_status().json()
            if found["state"] in states:
                return found
            await asyncio.sleep(0.1)


async def send_batch(url: str, *, rows: int) -> dict[str, Any]:
    """Have prompts answered, and return their batch as it ended."""
    return await ended_batch(url, await create_batch(url, rows=rows))

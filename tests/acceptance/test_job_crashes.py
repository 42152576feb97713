"""Kill every process of a platform that works on a batch of OpenAI's client's, again and again, and count."""

import asyncio
import json
import random
from typing import Any

import openai
import pytest
from openai.types import Batch

from tests.acceptance.command_line import CommandLine
from tests.acceptance.mortal_platform import MortalPlatform
from tests.doubles.openai_server import OpenAIStub, StubOptions

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(300)]

ROWS = 1500
CONCURRENCY = 16
KILLS = 8
LATENCY_SECONDS = 0.05
ENDED = {"completed", "failed", "expired", "cancelled"}


def requests() -> bytes:
    lines = [
        {
            "custom_id": f"row-{number}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": "stub", "messages": [{"role": "user", "content": f"Say row-{number}."}]},
        }
        for number in range(ROWS)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def client_of(url: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0)


async def ended(client: openai.AsyncOpenAI, batch_id: str) -> Batch:
    async with asyncio.timeout(120):
        while True:
            batch = await client.batches.retrieve(batch_id)
            if batch.status in ENDED:
                return batch
            await asyncio.sleep(0.1)


async def charged_calls(client: openai.AsyncOpenAI, batch_id: str) -> dict[str, Any]:
    """Return what the usage ledger has for the calls of a batch.

    Each call is charged once at most, and every one whose row is stored is: a killed process loses at most what it had
    not settled of calls that are made again.
    """
    url = str(client.base_url).removesuffix("/v1/") + "/api/v1/usage"
    report: Any = await client.get(url, cast_to=object, options={"params": {"by": "batch"}})
    groups: list[dict[str, Any]] = report["groups"]
    return next(group for group in groups if group["key"] == batch_id)


async def test_a_batch_survives_the_death_of_everything_and_is_charged_for_its_calls_only(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(20261125)
    async with OpenAIStub(StubOptions(latency_seconds=LATENCY_SECONDS)) as stub:
        mortal = MortalPlatform(command_line, stub, concurrency=CONCURRENCY)
        async with client_of(await mortal.start()) as client:
            file = await client.files.create(file=("requests.jsonl", requests()), purpose="batch")
            batch = await client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
            )
        url = ""
        for number in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 0.9))
            await mortal.kill(with_database=number % 2 == 1)
            url = await mortal.start()
        async with client_of(url) as client:
            batch = await ended(client, batch.id)
            content = await client.files.content(batch.output_file_id or "")
            charged = await charged_calls(client, batch.id)
            files = [each.id async for each in client.files.list()]
        await mortal.stop()
        calls = stub.stats.calls
    lines = [json.loads(line) for line in content.text.splitlines()]
    with capsys.disabled():
        print(f"\n{KILLS} kills: {ROWS} requests took {calls} calls, {charged['calls']} of them charged")  # noqa: T201
    assert (batch.status, batch.error_file_id) == ("completed", None)
    assert batch.request_counts is not None
    assert batch.request_counts.to_dict() == {"total": ROWS, "completed": ROWS, "failed": 0}
    assert [line["custom_id"] for line in lines] == [f"row-{number}" for number in range(ROWS)]
    assert sorted(files) == sorted([file.id, batch.output_file_id or ""])
    answers = {line["custom_id"]: line["response"]["body"]["choices"][0]["message"]["content"] for line in lines}
    assert all(answer == f"echo: Say {custom_id}." for custom_id, answer in answers.items())
    assert batch.usage is not None
    assert batch.usage.total_tokens == sum(line["response"]["body"]["usage"]["total_tokens"] for line in lines)
    assert calls <= ROWS + KILLS * CONCURRENCY
    assert ROWS <= charged["calls"] <= calls

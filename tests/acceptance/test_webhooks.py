"""Events reach receivers outside, whatever happens in between; the receiver of the how-to is the one of the test."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.acceptance.command_line import CommandLine, write_prompts
from tests.acceptance.test_up import Running, running
from tests.doubles.openai_server import OpenAIStub
from tests.doubles.webhook_receiver import Received, WebhookReceiver

pytestmark = pytest.mark.postgres

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "receive-events.md").read_text(encoding="utf-8")
ALLOWED = {"TEXTNLP_ALLOW_PRIVATE_WEBHOOKS": "true"}
WEBHOOKS = "/api/v1/webhooks"


async def deliveries_of(platform: Running, webhook: str) -> list[dict[str, Any]]:
    _, page = await platform.get(f"{webhook}/deliveries")
    return page["deliveries"]


async def logged(platform: Running, webhook: str, *, attempts: int) -> dict[str, Any]:
    """Return the newest delivery once it was attempted so often."""
    async with asyncio.timeout(30):
        while True:
            for delivery in (await deliveries_of(platform, webhook))[:1]:
                if delivery["attempt_count"] >= attempts:
                    return delivery
            await asyncio.sleep(0.1)


def verified(secret: str, received: Received) -> Any:
    return Webhook(secret).verify(received.body, received.headers)


async def test_the_end_of_a_batch_is_told_though_receiver_and_platform_were_down_meanwhile(
    command_line: CommandLine, tmp_path: Path
) -> None:
    prompts = tmp_path / "prompts.jsonl"
    write_prompts(prompts, 30)
    async with OpenAIStub() as stub, WebhookReceiver(503) as receiver:
        async with running(command_line, stub, **ALLOWED) as platform:
            status, made = await platform.post(WEBHOOKS, {"url": receiver.url, "event_types": ["Batch.Completed"]})
            assert status == 201
            await platform.batch("submit", prompts, "--watch")
            webhook = f"{WEBHOOKS}/{made['id']}"
            waiting = await logged(platform, webhook, attempts=1)
            assert (waiting["state"], waiting["attempts"][0]["status_code"]) == ("pending", 503)
            await platform.process.kill()
        async with running(command_line, stub, **ALLOWED) as platform:
            first, second = await receiver.wait_for(2)
            delivered = await logged(platform, webhook, attempts=2)
            batch = (await platform.batches())[0]
            assert len(await deliveries_of(platform, webhook)) == 1
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == delivered["id"]
    assert (delivered["state"], [each["status_code"] for each in delivered["attempts"]]) == ("delivered", [503, 204])
    for received in (first, second):
        event = verified(made["secret"], received)
        assert (event["type"], event["data"]["id"]) == ("Batch.Completed", batch["id"])
        assert event["data"]["counts"]["accepted"] == 30
    (shown,) = re.findall(r"^```json\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert json.loads(shown)["data"].keys() == event["data"].keys()
    assert event["data"]["link"] == f"/api/v1/batches/{batch['id']}"


async def test_without_leave_nothing_in_the_network_is_called(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, WebhookReceiver() as receiver, running(command_line, stub) as platform:
        status, problem = await platform.post(WEBHOOKS, {"url": receiver.url})
        assert (status, problem["field"]) == (422, "url")
        for host in ("127.0.0.1", "localhost", "169.254.169.254", "[::1]"):
            status, problem = await platform.post(WEBHOOKS, {"url": f"https://{host}:{receiver.port}/"})
            assert (status, problem["field"]) == (422, "url"), host
            assert "open internet" in problem["detail"], host
    assert receiver.received == []


async def test_the_receiver_of_the_how_to_takes_what_the_platform_sends(
    command_line: CommandLine, tmp_path: Path
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    (body,) = re.findall(r"-d '(.*)'$", PAGE, flags=re.MULTILINE)
    (tmp_path / "receiver.py").write_text(code)
    async with WebhookReceiver() as free:
        port = free.port
    async with OpenAIStub() as stub, running(command_line, stub, **ALLOWED) as platform:
        _, made = await platform.post(WEBHOOKS, json.loads(body) | {"url": f"http://127.0.0.1:{port}/hooks"})
        receiver = await asyncio.create_subprocess_exec(
            *(sys.executable, str(tmp_path / "receiver.py")),
            env={**os.environ, "WEBHOOK_SECRET": made["secret"], "PORT": str(port)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert receiver.stdout is not None
        try:
            webhook = f"{WEBHOOKS}/{made['id']}"
            for call in re.findall(r"^curl -X POST http://127.0.0.1:8000(\S+) ", PAGE, flags=re.MULTILINE):
                status, _ = await platform.post(call.replace("$WEBHOOK", made["id"]), None)
                assert status in {200, 202}, call
            assert (await logged(platform, webhook, attempts=1))["event_type"] == "Webhook.Tested"
            async with asyncio.timeout(30):
                told = (await receiver.stdout.readline()).decode().split()
        finally:
            receiver.terminate()
            await receiver.communicate()
    assert told == ["Webhook.Tested", made["id"]]

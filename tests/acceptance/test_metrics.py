import asyncio
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.command_line import CommandLine
from tests.acceptance.test_up import running
from tests.doubles.openai_server import OpenAIStub

pytestmark = pytest.mark.postgres


async def shown(url: str) -> dict[str, float]:
    """Return every sample of the page by name, dimensions added up; no credentials are sent."""
    sums: dict[str, float] = {}
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as response:
        assert response.status == 200
        for family in text_string_to_metric_families(await response.text()):
            for sample in family.samples:
                sums[sample.name] = sums.get(sample.name, 0) + sample.value
    return sums


async def test_a_platform_that_works_shows_it(command_line: CommandLine, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("One\nTwo\nThree\n")
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        await platform.post("/api/v1/generate", {"prompt": "Hello"})
        await platform.batch("submit", prompts)
        await platform.wait_for("prompts.txt", "completed")
        async with asyncio.timeout(20):
            while True:
                page = await shown(platform.url)
                if "QueueDepth" in page:
                    break
                await asyncio.sleep(0.1)
    assert page["RowsRecorded_total"] == 3
    assert page["EngineSeconds_count"] == 4
    assert page["gen_ai_client_token_usage_sum"] > 0
    assert page["http_server_request_duration_seconds_count"] > 2
    assert page["http_server_active_requests"] == 1
    assert page["textnlp_engine_breaker"] == 1
    assert page["textnlp_build_info"] == 1
    assert page["textnlp_call_limits_local"] == 0
    assert page["textnlp_engine_in_flight"] == page["textnlp_engine_waiting"] == page["textnlp_usage_pending"] == 0
    assert {"DeadLetters", "QueueOldestAgeSeconds", "EngineThrottled_total"} <= set(page)

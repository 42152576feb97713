"""A platform under mixed work takes no more after a while than before, and tells of everything.

`SOAK_SECONDS` says for how long; `make soak` for an hour, the ordinary test run for some seconds.
"""

import json
import os
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.mortal_platform import MortalPlatform
from tests.doubles.webhook_receiver import WebhookReceiver
from tests.faults.engine_process import EngineProcess
from tests.faults.soak import Soak

SECONDS = float(os.environ.get("SOAK_SECONDS", "15"))
_GROWTH_MEGABYTES = 32
"""What a process may come to hold more: allocators keep what bursts have taken."""
_GROWTH_HANDLES = 10

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(SECONDS + 300)]


async def test_under_mixed_work_nothing_grows_and_no_event_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line = CommandLine(tmp_path / "data", more={"TEXTNLP_ALLOW_PRIVATE_WEBHOOKS": "true"})
    engine = EngineProcess(tmp_path, latency_seconds=0.01)
    await engine.start()
    platform = MortalPlatform(command_line, engine, concurrency=16)
    url = await platform.start()
    try:
        async with WebhookReceiver() as receiver:
            soak = Soak(url, process_id=platform.process_id, seconds=SECONDS)
            await soak.run(receiver)
            inspected = await command_line.run("doctor", "--deep", "--json")
    finally:
        await platform.stop()
        await engine.kill()
    figures = soak.figures
    with capsys.disabled():
        print("", f"{SECONDS:.0f} s:", *figures.lines(), f"{len(figures.expected_events)} events, 0 lost", sep="\n")  # noqa: T201
    assert set(figures.done) == {"generations", "streams", "later generations", "batches", "reviews", "looks"}
    assert [each for each in json.loads(inspected.stdout) if each["fault_count"]] == []
    for figure, growth in (
        ("memory_megabytes", _GROWTH_MEGABYTES),
        ("handles", _GROWTH_HANDLES),
        ("threads", _GROWTH_HANDLES),
        ("connections", _GROWTH_HANDLES),
    ):
        before, after = figures.halves(figure)
        assert after <= before + growth, figure

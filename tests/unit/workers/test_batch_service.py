import asyncio
import contextlib

from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import CLOCK, memory_platform
from tests.unit.api.test_app import submitted
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.workers.batch_service import serve_batches


async def test_rows_are_counted_by_the_state_they_ended_in() -> None:
    meter = OpenTelemetryMeter(clock=CLOCK, version="1")
    platform = memory_platform(meter=meter)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as client:
        services = [asyncio.create_task(each) for each in (intake.run(), serve_batches(platform))]
        batch = await submitted(client, "One\nTwo\nThree\n")
        page = (await client.get("/metrics")).text
        for service in services:
            service.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*services)
    assert batch["counts"]["accepted"] == 3
    assert 'RowsRecorded_total{state="accepted"} 3.0' in page
    assert 'RowsRecorded_total{state="failed"} 0.0' in page
    assert batch["id"] not in page
    meter.close()

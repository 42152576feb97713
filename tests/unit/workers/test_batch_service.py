import asyncio
import contextlib

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import CLOCK, MODEL, memory_platform
from tests.unit.api.test_app import submitted
from tests.unit.application.test_work_slices import pieces
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.submit_batch import submit_upload
from textnlp.domain.batches.model import BatchSpec, LedgerCounts
from textnlp.domain.identifiers import BatchId
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
    assert 'LedgerImbalance{batch=""} 0.0' in page
    assert batch["id"] not in page
    meter.close()


async def test_a_ledger_that_does_not_balance_is_told_of_with_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = OpenTelemetryMeter(clock=CLOCK, version="1")
    platform = memory_platform(meter=meter)
    ports = platform.batch_ports

    async def recount(_: BatchId) -> LedgerCounts:
        return LedgerCounts(input=3, accepted=1)

    monkeypatch.setattr(ports.ledger, "recount", recount)
    intake = BatchIntake(ports, open_source=platform.open_prompts, slice_rows=10)
    reading = asyncio.create_task(intake.run())
    batch = await submit_upload(ports, pieces(b"1\n2\n3\n"), name="p.txt", spec=BatchSpec(model=MODEL), max_bytes=99)
    intake.add(batch)
    with pytest.raises(ExceptionGroup):
        await asyncio.wait_for(serve_batches(platform), 20)
    reading.cancel()
    assert f'LedgerImbalance{{batch="{batch.id}"}} 2.0' in meter.page().content.decode()
    meter.close()

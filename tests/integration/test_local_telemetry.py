"""What a platform keeps of its own telemetry, from a request to what is looked up of it."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.served_platform import ServedPlatform, serve_platform
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.application.list_log_lines import list_log_lines
from textnlp.application.list_traces import list_traces
from textnlp.application.read_panel import read_panel
from textnlp.application.read_trace import read_trace
from textnlp.application.telemetry_ports import TelemetryPorts
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.local_telemetry import telemetry_ports
from textnlp.domain.telemetry.log_lines import LineFilter
from textnlp.domain.telemetry.spans import TraceFilter
from textnlp.settings import Settings, TelemetryKeeping
from textnlp.topology.panels import PANELS

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

MINUTE = timedelta(minutes=1)
PROMPT = "Write to anna.svensson@example.org"
LOG = logging.getLogger("textnlp.tried")


@asynccontextmanager
async def called(served: ServedPlatform) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session:
        yield session


@pytest.fixture
def kept(database: PostgresDatabase) -> TelemetryPorts:
    return telemetry_ports(database, is_kept=True)


async def ask(served: ServedPlatform, session: aiohttp.ClientSession) -> Any:
    async with session.post(f"{served.url}/api/v1/generate", json={"prompt": PROMPT}) as response:
        assert response.status == 200
        return response.headers["traceresponse"].split("-")[1]


async def test_a_request_is_found_as_a_trace_a_line_of_the_log_and_a_point_of_a_panel(
    database_url: str, tmp_path: Path, kept: TelemetryPorts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    began_at = SYSTEM_CLOCK.now() - MINUTE
    async with serve_platform(database_url, tmp_path) as (platform, served), called(served) as session:
        assert platform.telemetry_ports.is_kept
        trace_id = await ask(served, session)
        LOG.warning("password=%s was refused", "Zk3jQ9xv81LmPq")
    now = SYSTEM_CLOCK.now() + MINUTE
    page = await list_traces(kept.reader, TraceFilter(since=began_at, until=now, name="POST /api/v1/generate"))
    (trace,) = page.traces
    assert (trace.root.trace_id, trace.root.result, trace.root.process) == (trace_id, 200, "textnlp")
    view = await read_trace(kept.reader, trace_id)
    names = [placed.span.name for placed in view.waterfall.spans]
    assert names[0] == "POST /api/v1/generate"
    assert f"chat {SCRIPTED_MODEL}" in names
    assert {placed.depth for placed in view.waterfall.spans} >= {0, 1}
    assert PROMPT not in str([placed.span.attributes for placed in view.waterfall.spans])

    lines = await list_log_lines(kept.reader, LineFilter(since=began_at, until=now, least_level=logging.WARNING))
    assert "password=[SECRET] was refused" in [line.message for line in lines.lines]

    panel = next(panel for panel in PANELS if panel.title == "API Performance")
    series = await read_panel(kept.reader, panel, since=began_at, until=now)
    assert all(any(value is not None and 0 < value < 60 for value in line.values) for line in series.lines)
    assert await kept.reader.present(since=began_at) == []


async def test_what_is_written_is_in_no_trace(
    database_url: str, tmp_path: Path, kept: TelemetryPorts, database: PostgresDatabase
) -> None:
    async with serve_platform(database_url, tmp_path) as (_, served), called(served) as session:
        await ask(served, session)
    async with database.connection() as connection:
        found = await (await connection.execute("select name, attributes::text from telemetry_spans")).fetchall()
    assert found
    assert not [name for name, attributes in found if "telemetry" in name or "telemetry" in attributes]


async def test_where_nothing_is_kept_nothing_is_there(database_url: str, tmp_path: Path, kept: TelemetryPorts) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, model=SCRIPTED_MODEL, keep_telemetry=TelemetryKeeping.OFF
    )
    async with (
        serve_platform(database_url, tmp_path, settings=settings) as (platform, served),
        called(served) as session,
    ):
        assert not platform.telemetry_ports.is_kept
        async with session.post(f"{served.url}/api/v1/generate", json={"prompt": PROMPT}) as response:
            assert "traceresponse" not in response.headers
    now = SYSTEM_CLOCK.now()
    assert (await list_traces(kept.reader, TraceFilter(since=now - MINUTE, until=now + MINUTE))).traces == ()

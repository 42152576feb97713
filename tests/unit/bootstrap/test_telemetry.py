import contextlib
import logging

import pytest
from psycopg import AsyncCursor

import textnlp
from tests.factories.memory_platform import CLOCK
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.bootstrap.telemetry import NO_TELEMETRY
from textnlp.bootstrap.telemetry_wiring import open_telemetry
from textnlp.domain.errors import TextNLPError
from textnlp.settings import Settings, read_settings
from textnlp.topology.catalog import TOPOLOGY


async def test_where_nobody_collects_every_part_is_what_it_was() -> None:
    queue, blobs = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK), memory_blob_store()
    engine, embeddings, limiter = ScriptedEngine(clock=CLOCK), ScriptedEmbeddings(), MemoryCallLimiter(clock=CLOCK)
    assert NO_TELEMETRY.queue(queue, system="memory") is queue
    assert NO_TELEMETRY.blobs(blobs) is blobs
    assert NO_TELEMETRY.engine(engine, provider="scripted") is engine
    assert NO_TELEMETRY.embeddings(embeddings, provider="scripted") is embeddings
    assert NO_TELEMETRY.limiter(limiter) is limiter
    assert NO_TELEMETRY.cursor_class() is AsyncCursor


async def test_where_nothing_is_kept_nothing_is_traced_and_without_a_page_nothing_is_counted() -> None:
    settings = read_settings({"TEXTNLP_KEEP_TELEMETRY": "off"})
    async with contextlib.AsyncExitStack() as stack:
        assert await open_telemetry(stack, Settings(), process="api", has_page=False) is NO_TELEMETRY
        telemetry = await open_telemetry(stack, settings, process="api", has_page=True)
        assert telemetry.local is None
        assert not telemetry.tracer.is_on
        assert telemetry.meter.page().content


@pytest.mark.parametrize(
    ("process", "collector", "keeping", "is_kept"),
    [
        ("textnlp", "", "", True),
        ("textnlp", "http://127.0.0.1:1", "", True),
        ("textnlp", "", "off", False),
        ("api", "", "auto", True),
        ("api", "http://127.0.0.1:1", "auto", False),
        ("api", "http://127.0.0.1:1", "on", True),
    ],
)
async def test_telemetry_is_kept_where_nobody_else_collects_it(
    process: str, collector: str, keeping: str, *, is_kept: bool
) -> None:
    settings = read_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "TEXTNLP_KEEP_TELEMETRY": keeping})
    handlers = list(logging.getLogger().handlers)
    async with contextlib.AsyncExitStack() as stack:
        telemetry = await open_telemetry(stack, settings, process=process, has_page=True)
        assert (telemetry.local is not None) == is_kept
        assert telemetry.tracer.is_on == (is_kept or bool(collector))
        if telemetry.local is not None:
            telemetry.tracer.begin("work").end()
            assert len(telemetry.local.spans) == 1
    assert logging.getLogger().handlers == handlers


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318 hushed"),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=hushed"),
    ],
)
async def test_an_address_that_cannot_be_read_is_refused_without_being_repeated(variable: str, value: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(TextNLPError, match=variable) as caught:
            await open_telemetry(stack, read_settings({variable: value}), process="api", has_page=True)
    assert "hushed" not in caught.value.full_text
    assert "hushed" not in repr(read_settings({variable: value})) or variable.startswith("OTEL")


@pytest.mark.parametrize(
    ("variable", "module", "extra"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.exporter.otlp.proto.http.trace_exporter", "otlp"),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", "azure.monitor.opentelemetry.exporter", "azure"),
    ],
)
async def test_a_collector_whose_library_is_not_there_is_refused_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, module: str, extra: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, module, None)
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(TextNLPError) as caught:
            await open_telemetry(stack, read_settings({variable: "http://localhost:1"}), process="api", has_page=True)
    assert f"pip install 'textnlp[{extra}]'" in caught.value.full_text


async def test_telemetry_says_from_which_commit_a_process_is_made() -> None:
    settings = read_settings({"TEXTNLP_REVISION": "0a1b2c3"})
    async with contextlib.AsyncExitStack() as stack:
        telemetry = await open_telemetry(stack, settings, process="api", has_page=True)
        assert f'"{textnlp.__version__}+0a1b2c3"'.encode() in telemetry.meter.page().content

"""The wiring of telemetry: what is counted and traced, and who collects it."""

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from textnlp.application.tracing.recorded_texts import Redaction
from textnlp.bootstrap.build_version import build_version
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.telemetry import EMBEDDED_PROCESS, NO_TELEMETRY, Telemetry
from textnlp.ports.tracer import Tracer
from textnlp.settings import Settings, TelemetryKeeping, decline_usage_reports
from textnlp.topology.telemetry import METRICS_PUSH_SECONDS, TRACE_SAMPLING_PERCENT

if TYPE_CHECKING:
    from textnlp.adapters.telemetry.exporters import Collectors
    from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter

_LAST_PUSH_SECONDS = 2.0


async def open_telemetry(
    stack: contextlib.AsyncExitStack, settings: Settings, *, process: str, has_page: bool
) -> Telemetry:
    """Wire meter and tracer of one process; what they open is closed with `stack`.

    A process without a page of metrics and without a collector counts and traces nothing, and imports nothing for it.
    What is kept locally gathers from here on; `Telemetry.local` says where it is written.
    Raises `INVALID_INPUT` for a collector whose library is not installed, or whose address cannot be read.
    """
    collectors = _collectors(settings, process)
    if collectors is None and not has_page:
        return NO_TELEMETRY
    from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter  # noqa: PLC0415  a seventh of a second

    pushed = () if collectors is None else collectors.metrics
    version = build_version(settings.revision)
    meter = OpenTelemetryMeter(clock=SYSTEM_CLOCK, version=version, process=process, push_to=pushed)
    stack.callback(meter.close)
    local = None
    if has_page and _is_kept(settings, process, has_collector=collectors is not None):
        from textnlp.bootstrap.local_telemetry import LocalTelemetry  # noqa: PLC0415  where it is wanted

        local = LocalTelemetry(process=process, meter=meter).listen(stack)
    if collectors is None and local is None:
        return replace(NO_TELEMETRY, meter=meter)
    from textnlp.adapters.telemetry.resource import process_resource  # noqa: PLC0415  as above
    from textnlp.adapters.telemetry.tracer import OpenTelemetryTracer  # noqa: PLC0415  as above

    tracer = OpenTelemetryTracer(
        () if collectors is None else collectors.spans,
        resource=process_resource(process, version=version),
        sampling_ratio=TRACE_SAMPLING_PERCENT / 100,
        processors=() if local is None else (local.spans,),
    )
    if collectors is None:
        stack.push_async_callback(tracer.aclose)
    else:
        _push_metrics(stack, meter, tracer)
    redact = text_redaction() if settings.record_texts else None
    return Telemetry(meter=meter, tracer=tracer, redact=redact, local=local)


def _is_kept(settings: Settings, process: str, *, has_collector: bool) -> bool:
    if settings.keep_telemetry is TelemetryKeeping.AUTO:
        return process == EMBEDDED_PROCESS or not has_collector
    return settings.keep_telemetry is TelemetryKeeping.ON


def _collectors(settings: Settings, process: str) -> "Collectors | None":
    if settings.otlp_endpoint is None and settings.application_insights is None:
        return None
    from textnlp.adapters.telemetry.exporters import open_collectors  # noqa: PLC0415  half a second
    from textnlp.adapters.telemetry.resource import process_resource  # noqa: PLC0415  as above

    decline_usage_reports()
    return open_collectors(
        process_resource(process, version=build_version(settings.revision)),
        otlp_endpoint=settings.otlp_endpoint,
        application_insights=settings.application_insights,
    )


def _push_metrics(stack: contextlib.AsyncExitStack, meter: "OpenTelemetryMeter", tracer: Tracer) -> None:
    """Push from time to time, and at the end once more, while the tracer hands over what it has."""

    async def push() -> None:
        while True:
            await SYSTEM_CLOCK.sleep(METRICS_PUSH_SECONDS)
            await meter.push()

    async def end() -> None:
        pushing.cancel()
        await asyncio.gather(pushing, return_exceptions=True)
        await asyncio.gather(last_push(), tracer.aclose())

    async def last_push() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_PUSH_SECONDS):
                await meter.push()

    pushing = asyncio.create_task(push(), name="push metrics")
    stack.push_async_callback(end)


def text_redaction() -> Redaction:
    """Return what takes personal data and secrets out of texts, as the check of kind pii finds them."""
    from textnlp.domain.pii.model import PiiType  # noqa: PLC0415  its tables, where they are asked for
    from textnlp.domain.pii.replacement import redacted  # noqa: PLC0415  as above
    from textnlp.domain.pii.scanner import PiiScanner  # noqa: PLC0415  as above

    scanner = PiiScanner(PiiType)
    return lambda text: redacted(text, scanner.find(text))

"""The wiring of the local store of telemetry: what gathers in a process, and what writes it down."""

import asyncio
import contextlib
import logging
from typing import Self

from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.telemetry_days import TelemetryDays
from textnlp.adapters.database.telemetry_reader import PostgresTelemetryReader
from textnlp.adapters.database.telemetry_sink import PostgresTelemetrySink
from textnlp.adapters.telemetry.log_buffer import LogBuffer
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.adapters.telemetry.resource import instance_name
from textnlp.adapters.telemetry.span_buffer import SpanBuffer
from textnlp.application.keep_telemetry import TelemetryKeeper, TelemetrySources
from textnlp.application.telemetry_ports import TelemetryPorts
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.topology.metrics import TELEMETRY_DROPPED
from textnlp.topology.telemetry_store import TELEMETRY_STORE

_CONNECT_SECONDS = 5.0


class LocalTelemetry:
    """What a process tells of itself, until the database is there to take it and from then on.

    Writes go through a connection of their own, whose statements are in no trace: requests never wait for one of it,
    and a database that is slow or away costs telemetry alone.
    """

    def __init__(self, *, process: str, meter: OpenTelemetryMeter) -> None:
        declared, instance = TELEMETRY_STORE, instance_name()
        self._process = process
        self._meter = meter
        self._instance = instance
        self.spans = SpanBuffer(process=process, instance=instance, most=declared.queued_spans)
        self._lines = LogBuffer(
            process=process, instance=instance, most=declared.queued_lines, longest=declared.longest_text
        )

    def listen(self, stack: contextlib.AsyncExitStack) -> Self:
        """Take what is logged in this process, until `stack` is closed."""
        root = logging.getLogger()
        root.addHandler(self._lines)
        stack.callback(root.removeHandler, self._lines)
        return self

    def begin(self, stack: contextlib.AsyncExitStack, address: DatabaseAddress) -> None:
        """Write from this moment on; when `stack` is closed, what is left is written for a few seconds at most."""
        database = PostgresDatabase(address, clock=SYSTEM_CLOCK, max_connections=1, wait_seconds=_CONNECT_SECONDS)
        days = TelemetryDays(database, declared=TELEMETRY_STORE)
        keeper = TelemetryKeeper(
            PostgresTelemetrySink(database, days, clock=SYSTEM_CLOCK),
            TelemetrySources(
                process=self._process,
                instance=self._instance,
                spans=self.spans,
                lines=self._lines,
                readings=self._meter.readings,
            ),
            clock=SYSTEM_CLOCK,
            declared=TELEMETRY_STORE,
        )
        self._meter.observe(TELEMETRY_DROPPED, read=keeper.dropped)
        keeping = asyncio.create_task(keeper.run(), name="keep telemetry")

        async def end() -> None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await keeper.finish()

        stack.push_async_callback(end)


def telemetry_ports(database: PostgresDatabase, *, is_kept: bool) -> TelemetryPorts:
    """Return what looks telemetry up in a database."""
    return TelemetryPorts(
        reader=PostgresTelemetryReader(database),
        retention=TelemetryDays(database, declared=TELEMETRY_STORE),
        is_kept=is_kept,
    )

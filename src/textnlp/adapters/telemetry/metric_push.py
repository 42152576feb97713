"""Metrics that are sent to a collector from time to time."""

import asyncio
import contextlib
import logging
import threading
from typing import Any

from opentelemetry.sdk.metrics import Histogram as HistogramInstrument
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    MetricReader,
    MetricsData,
)

from textnlp.adapters.telemetry.histograms import Counted, HistogramBooks, with_metrics

_LOG = logging.getLogger(__name__)


class PushReader(MetricReader):
    """Reads all metrics in the event loop, where they are kept, and sends them from a thread.

    One collector is sent one thing at a time: while it is slow, the next push leaves it out, and sums go on adding up.
    """

    def __init__(self, exporter: MetricExporter, histograms: HistogramBooks) -> None:
        # The SDK's own readers read it so: there is no other way to it.
        temporality: dict[type, AggregationTemporality] | None = getattr(exporter, "_preferred_temporality", None)
        super().__init__(preferred_temporality=temporality)
        self._exporter = exporter
        self._histograms = histograms
        self._is_delta = (temporality or {}).get(HistogramInstrument) is AggregationTemporality.DELTA
        self._counted: Counted = {}
        self._counted_at = histograms.now()
        self._data: MetricsData | None = None
        self._sending: asyncio.Future[None] | None = None

    async def push(self) -> None:
        """Send what there is, and return when it was sent or was given up."""
        if self._sending is not None and not self._sending.done():
            return
        self.collect()
        data, self._data = self._data, None
        if data is None:
            return
        self._sending = self._sent(data)
        await asyncio.shield(self._sending)

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
        """Let go of the exporter, without another look at the numbers."""
        exporter: Any = self._exporter
        exporter.shutdown(timeout_millis)

    def _receive_metrics(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: Any) -> None:  # noqa: ARG002
        if self._is_delta:
            began_at, self._counted_at = self._counted_at, self._histograms.now()
            added, self._counted = self._histograms.exported_since(self._counted, began_at=began_at)
        else:
            added = self._histograms.exported()
        self._data = with_metrics(metrics_data, added)

    def _sent(self, data: MetricsData) -> asyncio.Future[None]:
        """Send from a daemon thread: a collector that does not answer must not keep the process alive."""
        loop = asyncio.get_running_loop()
        sent: asyncio.Future[None] = loop.create_future()
        exporter: Any = self._exporter

        def send() -> None:
            try:
                exporter.export(data)
            except Exception as exc:  # noqa: BLE001  telemetry never takes a process down
                _LOG.warning("Metrics could not be sent (%s).", type(exc).__name__)
            with contextlib.suppress(RuntimeError):  # the loop may be gone by then
                loop.call_soon_threadsafe(_settle, sent)

        threading.Thread(target=send, name="push metrics", daemon=True).start()
        return sent


def _settle(sent: asyncio.Future[None]) -> None:
    if not sent.done():
        sent.set_result(None)

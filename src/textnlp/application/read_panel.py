"""Read what a panel of the topology draws, from the store of telemetry."""

import dataclasses
from datetime import datetime

from textnlp.domain.errors import invalid_input
from textnlp.domain.telemetry.panel_series import PanelSeries, bins_of, drawn
from textnlp.ports.telemetry_reader import TelemetryReader
from textnlp.topology.panels import Panel
from textnlp.topology.telemetry_store import TELEMETRY_STORE


async def read_panel(
    reader: TelemetryReader, panel: Panel, *, since: datetime, until: datetime, bin_seconds: int | None = None
) -> PanelSeries:
    """Return the lines of a panel from `since` to just before `until`, in points of its own width or of `bin_seconds`.

    Raises `INVALID_INPUT` for a width that the kept figures cannot be added up to, and for a time that is empty or of
    more points than are drawn.
    """
    if bin_seconds is not None:
        least = TELEMETRY_STORE.rollup_seconds
        if bin_seconds <= 0 or bin_seconds % least:
            told = f"Figures are kept every {least} seconds; {bin_seconds} is no multiple of that."
            raise invalid_input(told, field="bin_seconds")
        panel = dataclasses.replace(panel, bin_seconds=bin_seconds)
    asked = bins_of(panel, since=since, until=until)
    return drawn(panel, asked, await reader.bins(asked))

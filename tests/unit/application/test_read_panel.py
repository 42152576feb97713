from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, rollup
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.application.read_panel import read_panel
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.metrics import REQUEST_SECONDS
from textnlp.topology.panels import PANELS

PERFORMANCE = next(panel for panel in PANELS if panel.title == "API Performance")
MINUTE = timedelta(minutes=1)


async def test_a_panel_is_drawn_in_its_own_bins_or_in_those_that_are_asked_for() -> None:
    store = MemoryTelemetry(clock=ManualClock(now=NOON))
    minutes = [rollup(REQUEST_SECONDS, "GET", "/", "200", at=60 * number, values=[number]) for number in (0, 1, 7)]
    await store.add_rollups(minutes, process="api", instance="1")
    own = await read_panel(store, PERFORMANCE, since=NOON, until=NOON + 10 * MINUTE)
    assert own.lines[0].values == (0.5, 7.0)
    fine = await read_panel(store, PERFORMANCE, since=NOON, until=NOON + 3 * MINUTE, bin_seconds=60)
    assert fine.lines[0].values == (0.0, 1.0, None)
    assert fine.panel.bin_seconds == 60


@pytest.mark.parametrize("bin_seconds", [0, -60, 90])
async def test_bins_that_figures_cannot_be_added_up_to_are_refused(bin_seconds: int) -> None:
    store = MemoryTelemetry(clock=ManualClock(now=NOON))
    with pytest.raises(TextNLPError, match="no multiple") as caught:
        await read_panel(store, PERFORMANCE, since=NOON, until=NOON + MINUTE, bin_seconds=bin_seconds)
    assert caught.value.kind is ErrorKind.INVALID_INPUT

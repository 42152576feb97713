from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.panels import PANELS
from textnlp.topology.telemetry_store import TELEMETRY_STORE


def test_kept_figures_can_be_added_up_to_the_bins_of_every_panel() -> None:
    assert [panel.title for panel in PANELS if panel.bin_seconds % TELEMETRY_STORE.rollup_seconds] == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rollup_seconds": 0}, "rollup_seconds is 0"),
        ({"rollup_seconds": 70}, "300 is no multiple"),
        ({"present_seconds": 15}, "present_seconds < absent_seconds"),
        ({"absent_seconds": 61}, "<= window_seconds"),
        ({"queued_lines": 10}, "batch_rows"),
        ({"batch_rows": 0}, "batch_rows"),
        ({"log_days": 0}, "a day at least"),
    ],
)
def test_figures_that_do_not_fit_together_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(TELEMETRY_STORE, **changes)

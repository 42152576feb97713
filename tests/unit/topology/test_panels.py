from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.metrics import TOKENS_GENERATED
from textnlp.topology.panels import PANELS, Measure, Panel

BY_TITLE = {panel.title: panel for panel in PANELS}


def test_the_first_three_are_those_of_the_dashboard_that_the_design_asks_for() -> None:
    assert [panel.title for panel in PANELS[:3]] == ["API Performance", "Generation Metrics", "Error Rate"]
    assert BY_TITLE["API Performance"].measures == (Measure.AVERAGE, Measure.P95, Measure.P99)
    assert (BY_TITLE["API Performance"].bin_seconds, BY_TITLE["Generation Metrics"].bin_seconds) == (300, 3_600)
    assert BY_TITLE["Generation Metrics"].metric is TOKENS_GENERATED
    assert BY_TITLE["Error Rate"].only_failed
    assert BY_TITLE["Error Rate"].split_by == "http.response.status_code"


@pytest.mark.parametrize(
    ("panel", "changes", "told"),
    [
        (BY_TITLE["Generation Metrics"], {"measures": (Measure.P95,)}, "a counter has sum; not p95"),
        (BY_TITLE["Generation Metrics"], {"measures": ()}, "a counter has sum"),
        (BY_TITLE["Queue Age"], {"split_by": "queue"}, "has the dimensions entity, not queue"),
        (BY_TITLE["Queue Age"], {"only_failed": True}, "only of requests"),
        (BY_TITLE["Queue Age"], {"bin_seconds": 0}, "bin_seconds is 0"),
    ],
)
def test_a_panel_of_what_its_metric_cannot_show_is_refused(panel: Panel, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"panel '{panel.title}': .*{told}"):
        replace(panel, **changes)

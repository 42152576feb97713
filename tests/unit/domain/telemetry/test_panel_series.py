from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories.telemetry import NOON
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.telemetry.panel_series import MOST_POINTS, bin_start, bins_of, drawn
from textnlp.domain.telemetry.rollups import Bin
from textnlp.topology.metrics import QUEUE_OLDEST_AGE
from textnlp.topology.panels import PANELS, Measure

BY_TITLE = {panel.title: panel for panel in PANELS}
AGE, ERRORS, TOKENS = BY_TITLE["Queue Age"], BY_TITLE["Error Rate"], BY_TITLE["Generation Metrics"]
MINUTE = timedelta(minutes=1)


def found(split: str, *, minute: float, high: float = 1.0, count: int = 1) -> Bin:
    return Bin(at=NOON + minute * MINUTE, split=split, count=count, total=high, low=0, high=high)


def test_a_panel_asks_for_whole_bins_of_what_it_is_split_by() -> None:
    asked = bins_of(ERRORS, since=NOON + 2 * MINUTE, until=NOON + 11 * MINUTE)
    assert (asked.since, asked.until, asked.bin_seconds) == (NOON, NOON + 11 * MINUTE, 300)
    assert asked.split_by == ERRORS.metric.dimensions.index("http.response.status_code")
    assert asked.where == (asked.split_by, ("4", "5"))
    assert bins_of(TOKENS, since=NOON, until=NOON + MINUTE).split_by is None
    assert bin_start(NOON + 59 * MINUTE, 3_600) == NOON


@pytest.mark.parametrize("length", [timedelta(0), -MINUTE, (MOST_POINTS + 1) * 5 * MINUTE])
def test_no_time_and_too_long_a_time_are_refused(length: timedelta) -> None:
    with pytest.raises(TextNLPError, match="can be drawn") as caught:
        bins_of(AGE, since=NOON, until=NOON + length)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_each_split_and_measure_has_a_line_with_all_points_of_time() -> None:
    panel = replace(AGE, measures=(Measure.MAXIMUM, Measure.OFFSET))
    asked = bins_of(panel, since=NOON, until=NOON + 14 * MINUTE)
    series = drawn(panel, asked, [found("b", minute=5, high=7), found("a", minute=0), found("a", minute=10, high=3)])
    assert series.times == (NOON, NOON + 5 * MINUTE, NOON + 10 * MINUTE)
    assert [(line.split, line.measure.value) for line in series.lines] == [
        *(("a", "maximum"), ("a", "offset")),
        *(("b", "maximum"), ("b", "offset")),
    ]
    assert series.lines[0].values == (1.0, None, 3.0)
    assert series.lines[2].values == (None, 7.0, None)


def test_where_nothing_was_counted_the_count_is_none() -> None:
    asked = bins_of(ERRORS, since=NOON, until=NOON + 10 * MINUTE)
    assert [line.values for line in drawn(ERRORS, asked, [found("503", minute=5, count=2)]).lines] == [(0.0, 2.0)]
    assert drawn(ERRORS, asked, []).lines == ()
    hour = bins_of(TOKENS, since=NOON, until=NOON + 61 * MINUTE)
    assert [line.values for line in drawn(TOKENS, hour, []).lines] == [(0.0, 0.0)]
    whole = replace(AGE, split_by="", metric=QUEUE_OLDEST_AGE)
    assert [line.values for line in drawn(whole, asked, []).lines] == [(None, None)]

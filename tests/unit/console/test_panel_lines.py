from datetime import UTC, datetime, timedelta

from textnlp.console.panel_lines import panel_lines, panel_unit
from textnlp.domain.telemetry.panel_series import PanelLine, PanelSeries
from textnlp.topology.panels import PANELS, Measure, Panel

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def panel(title: str) -> Panel:
    return next(each for each in PANELS if each.title == title)


def series(title: str, *lines: PanelLine) -> PanelSeries:
    times = tuple(NOON + timedelta(minutes=number) for number in range(2))
    return PanelSeries(panel=panel(title), times=times, lines=lines)


def test_seconds_are_drawn_in_milliseconds_and_gaps_stay() -> None:
    line = PanelLine(measure=Measure.P95, split="", values=(0.25, None))
    (drawn,) = panel_lines(series("API Performance", line))
    assert [value for _, value in drawn.points] == [250.0, None]
    assert (drawn.name, panel_unit(panel("API Performance"))) == ("p95", "ms")


def test_a_line_is_called_by_what_tells_it_from_the_others() -> None:
    split = PanelLine(measure=Measure.MAXIMUM, split="validation-queue", values=(1.0, 2.0))
    assert panel_lines(series("Queue Age", split))[0].name == "validation-queue"
    both = PanelLine(measure=Measure.P95, split="bulk", values=(1.0, 2.0))
    assert panel_lines(series("Engine Latency", both))[0].name == "bulk p95"


def test_of_too_many_lines_the_highest_are_drawn() -> None:
    lines = [PanelLine(measure=Measure.COUNT, split=str(400 + n), values=(float(n), None)) for n in range(20)]
    drawn = panel_lines(series("Error Rate", *lines))
    assert [each.name for each in drawn] == [str(status) for status in range(419, 411, -1)]


def test_what_is_counted_is_named_in_the_plural() -> None:
    assert panel_unit(panel("Generation Metrics")) == "tokens"

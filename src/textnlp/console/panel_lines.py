"""Panels of the topology as the charts of the console."""

from textnlp.console.charts import Series
from textnlp.domain.telemetry.panel_series import PanelLine, PanelSeries
from textnlp.topology.panels import Panel

_MOST_LINES = 8
_SECONDS = "s"
_MILLISECONDS = 1000.0


def panel_unit(panel: Panel) -> str:
    """Return the unit of a chart: milliseconds for seconds, what is counted in the plural, none for a number."""
    unit = panel.metric.unit
    if unit == _SECONDS:
        return "ms"
    return f"{unit.strip('{}')}s" if unit.startswith("{") else unit.removeprefix("1")


def panel_lines(series: PanelSeries) -> list[Series]:
    """Return the lines that are drawn: the highest ones, where there are too many to be told apart."""
    lines = sorted(series.lines, key=_greatest, reverse=True)[:_MOST_LINES]
    scale = _MILLISECONDS if series.panel.metric.unit == _SECONDS else 1.0
    has_measures = len(series.panel.measures) > 1
    return [
        Series(
            name=_name(line, has_measures=has_measures),
            points=[
                (at, None if value is None else value * scale)
                for at, value in zip(series.times, line.values, strict=True)
            ],
        )
        for line in lines
    ]


def _name(line: PanelLine, *, has_measures: bool) -> str:
    parts = [line.split, line.measure.value if has_measures or not line.split else ""]
    return " ".join(part for part in parts if part)


def _greatest(line: PanelLine) -> float:
    return max((value for value in line.values if value is not None), default=0.0)

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from textnlp.console.charts import Series, line_chart, progress_bar

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def drawn(markup: str) -> ET.Element:
    end = markup.index("</svg>") + len("</svg>")
    return ET.fromstring(markup[:end])  # noqa: S314  our own


def points(*values: float | None) -> list[tuple[datetime, float | None]]:
    return [(NOON + timedelta(minutes=number), value) for number, value in enumerate(values)]


def test_a_gap_in_what_was_measured_is_a_gap_in_the_line() -> None:
    chart = drawn(line_chart([Series(name="p95", points=points(1, 2, None, 3, 4))], title="Latency"))
    assert len(chart.findall("polyline")) == 2


def test_a_point_that_stands_alone_is_a_dot() -> None:
    chart = drawn(line_chart([Series(name="p95", points=points(None, 2, None))], title="Latency"))
    assert (len(chart.findall("polyline")), len(chart.findall("circle"))) == (0, 1)


def test_the_chart_says_in_words_what_it_shows() -> None:
    series = [Series(name="a<b", points=points(1, 1500)), Series(name="none", points=points(None))]
    text = line_chart(series, title="Calls", unit="ms")
    assert drawn(text).get("aria-label") == "Calls: a<b 1500 ms; none none"
    assert "a&lt;b 1500 ms" in text


def test_where_nothing_was_measured_that_is_said() -> None:
    assert "Nothing was measured" in line_chart([Series(name="a", points=points(None))], title="Calls")


def test_the_highest_value_lies_within_the_chart() -> None:
    for top in (0.0, 0.3, 7, 99, 100, 12_345):
        chart = drawn(line_chart([Series(name="a", points=points(0, top))], title="Calls"))
        (line,) = chart.findall("polyline")
        heights = [float(point.split(",")[1]) for point in (line.get("points") or "").split()]
        assert all(0 <= height <= 190 for height in heights)


def test_parts_of_a_whole_stand_side_by_side() -> None:
    bar = drawn(progress_bar([("accepted", 30), ("failed", 10)], 80, label="40 of 80"))
    rects = bar.findall("rect")
    assert [(rect.get("x"), rect.get("width")) for rect in rects] == [("0.000", "37.500"), ("37.500", "12.500")]
    assert bar.get("aria-label") == "40 of 80"


def test_parts_of_nothing_have_no_width() -> None:
    (rect,) = drawn(progress_bar([("accepted", 0)], 0, label="none")).findall("rect")
    assert rect.get("width") == "0.000"

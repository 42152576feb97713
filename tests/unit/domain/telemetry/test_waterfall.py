from tests.factories.telemetry import NOON, TRACE, child, span
from textnlp.domain.telemetry.spans import SpanRecord
from textnlp.domain.telemetry.waterfall import placed_spans, waterfall


def order(*spans: SpanRecord) -> list[tuple[str, int]]:
    return [(placed.span.span_id[-1], placed.depth) for placed in placed_spans(spans)]


def test_each_span_follows_the_one_that_it_belongs_to() -> None:
    spans = [child(4, 2, at=4), child(3, 1, at=3), span(1), child(2, 1, at=1), child(5, 2, at=2)]
    assert order(*spans) == [("1", 0), ("2", 1), ("5", 2), ("4", 2), ("3", 1)]


def test_spans_of_other_processes_lie_where_their_clock_put_them() -> None:
    drawn = waterfall(TRACE, [span(1, at=1), child(2, 1, at=0.5, process="worker", duration_us=4_000_000)])
    assert drawn is not None
    assert [placed.offset_us for placed in drawn.spans] == [500_000, 0]
    assert (drawn.began_at - NOON).total_seconds() == 0.5
    assert drawn.duration_us == 4_000_000
    assert drawn.processes == ("api", "worker")


def test_a_span_whose_parent_is_elsewhere_stands_at_the_edge() -> None:
    assert order(child(2, 9, at=1), child(3, 2, at=2), span(1)) == [("1", 0), ("2", 0), ("3", 1)]


def test_of_spans_of_one_moment_the_longer_is_first() -> None:
    assert order(child(2, 9, duration_us=1), child(3, 9, duration_us=5)) == [("3", 0), ("2", 0)]


def test_spans_in_a_circle_are_drawn_once() -> None:
    assert order(child(1, 2), child(2, 1), child(3, 3)) == [("1", 0), ("2", 1), ("3", 0)]
    assert waterfall(TRACE, []) is None

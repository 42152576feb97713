from textnlp.console.engine_latency import latencies
from textnlp.ports.meter import MetricsPage

PAGE = b"""\
# HELP EngineSeconds duration of one attempt at a model
# TYPE EngineSeconds histogram
EngineSeconds_bucket{deployment="east",outcome="ok",le="0.1"} 18.0
EngineSeconds_bucket{deployment="east",outcome="ok",le="1.0"} 19.0
EngineSeconds_bucket{deployment="east",outcome="ok",le="+Inf"} 19.0
EngineSeconds_count{deployment="east",outcome="ok"} 19.0
EngineSeconds_sum{deployment="east",outcome="ok"} 2.0
EngineSeconds_bucket{deployment="east",outcome="timeout",le="0.1"} 0.0
EngineSeconds_bucket{deployment="east",outcome="timeout",le="1.0"} 0.0
EngineSeconds_bucket{deployment="east",outcome="timeout",le="+Inf"} 1.0
EngineSeconds_count{deployment="east",outcome="timeout"} 1.0
EngineSeconds_sum{deployment="east",outcome="timeout"} 8.0
EngineSeconds_bucket{deployment="west",outcome="timeout",le="1.0"} 0.0
EngineSeconds_bucket{deployment="west",outcome="timeout",le="+Inf"} 2.0
EngineSeconds_count{deployment="west",outcome="timeout"} 2.0
EngineSeconds_sum{deployment="west",outcome="timeout"} 6.0
# TYPE other counter
other_total 3.0
"""


def test_attempts_of_all_outcomes_are_added_up_by_deployment() -> None:
    found = latencies(MetricsPage(PAGE, "text/plain"))
    assert (found["east"].count, found["east"].mean_seconds, found["east"].slow_seconds) == (20, 0.5, 1.0)


def test_attempts_above_the_highest_bucket_have_no_bound() -> None:
    found = latencies(MetricsPage(PAGE, "text/plain"))
    assert (found["west"].count, found["west"].mean_seconds, found["west"].slow_seconds) == (2, 3.0, None)


def test_where_nothing_was_measured_there_is_nothing() -> None:
    assert latencies(MetricsPage(b"", "text/plain")) == {}

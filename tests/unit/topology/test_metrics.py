import re

import pytest

from textnlp.topology.metrics import METRICS, Metric, MetricKind

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,254}")
_UNIT = re.compile(r"s|1|%|\{[a-z]+\}")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_name_and_a_unit_are_what_opentelemetry_takes(metric: Metric) -> None:
    assert _NAME.fullmatch(metric.name)
    assert _UNIT.fullmatch(metric.unit)


def test_nothing_that_names_a_tenant_or_a_caller_is_a_dimension() -> None:
    dimensions = {name for metric in METRICS for name in metric.dimensions}
    assert not dimensions & {"tenant", "caller", "user", "client"}


def test_only_a_histogram_has_bounds() -> None:
    with pytest.raises(ValueError, match="bounds go with a histogram"):
        Metric(name="a", kind=MetricKind.COUNTER, unit="1", measures="b", bounds=(1,))
    with pytest.raises(ValueError, match="bounds go with a histogram"):
        Metric(name="a", kind=MetricKind.HISTOGRAM, unit="1", measures="b")


def test_bounds_rise() -> None:
    with pytest.raises(ValueError, match="do not rise"):
        Metric(name="a", kind=MetricKind.HISTOGRAM, unit="1", measures="b", bounds=(2, 1))

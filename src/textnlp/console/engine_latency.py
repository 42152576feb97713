"""How long attempts at deployments take, as this process has measured since it started."""

from collections import defaultdict
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from textnlp.ports.meter import MetricsPage
from textnlp.topology.metrics import ENGINE_SECONDS

_SLOW = 0.95


@dataclass(slots=True)
class Latency:
    """Attempts at a deployment, whatever their outcome.

    Attributes:
        count: how many there were.
        mean_seconds: of all.
        slow_seconds: what 95 of 100 stayed below: the upper bound of a bucket; None above the highest.
    """

    count: int = 0
    mean_seconds: float = 0.0
    slow_seconds: float | None = None


def latencies(page: MetricsPage) -> dict[str, Latency]:
    """Return the latency of each deployment that was asked, by its name."""
    sums: defaultdict[str, float] = defaultdict(float)
    buckets: defaultdict[str, defaultdict[float, float]] = defaultdict(lambda: defaultdict(float))
    for family in text_string_to_metric_families(page.content.decode()):
        if not family.name.startswith(ENGINE_SECONDS.name):
            continue
        for sample in family.samples:
            deployment = sample.labels.get("deployment", "")
            if sample.name.endswith("_sum"):
                sums[deployment] += sample.value
            elif sample.name.endswith("_bucket"):
                buckets[deployment][float(sample.labels["le"])] += sample.value
    return {name: _latency(sums[name], counts) for name, counts in buckets.items()}


def _latency(total_seconds: float, counts: dict[float, float]) -> Latency:
    count = counts.get(float("inf"), 0.0)
    if not count:
        return Latency()
    bound = next(bound for bound in sorted(counts) if counts[bound] >= _SLOW * count)
    return Latency(
        count=int(count),
        mean_seconds=total_seconds / count,
        slow_seconds=None if bound == float("inf") else bound,
    )

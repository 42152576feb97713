"""A meter that nobody looks at."""

from collections.abc import Callable, Iterable, Sequence

from textnlp.ports.meter import MetricsPage, Reading
from textnlp.topology.metrics import Metric


class NullMeter:
    """Satisfies `Meter` for a process without a page; it keeps nothing."""

    def record(self, metric: Metric, value: float, *, dimensions: Sequence[str] = ()) -> None:
        """Forget the value."""

    def observe(self, metric: Metric, *, read: Callable[[], Iterable[Reading]]) -> None:
        """Ask `read` for nothing."""

    def page(self) -> MetricsPage:
        """Return an empty page."""
        return MetricsPage(b"", "text/plain; charset=utf-8")

    def close(self) -> None:
        """Return: there is nothing to let go of."""

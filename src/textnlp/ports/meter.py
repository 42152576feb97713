"""The meter: what this process counts and times, and the page that shows it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from textnlp.topology.metrics import Metric

Reading = tuple[Sequence[str], float]
"""One number as it is at present: the values of the metric's dimensions, in their order, and the number."""


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """All numbers as text.

    Attributes:
        media_type: of the content, with its version.
    """

    content: bytes
    media_type: str


class Meter(Protocol):
    """Takes numbers of declared metrics; taking one never raises on account of the number and never waits.

    A metric has a few hundred series at most, and a dimension's value a hundred characters: values come from callers,
    too. What is above goes into one series whose dimensions are all `_OTHER`. Works within one event loop.
    """

    def record(self, metric: Metric, value: float, *, dimensions: Sequence[str] = ()) -> None:
        """Add `value` to a counter, or count it in its bucket of a histogram.

        `dimensions` are the values of the metric's dimensions, in their order. Raises `ValueError` where there are
        more or fewer of them than the metric has.
        """
        ...

    def observe(self, metric: Metric, *, read: Callable[[], Iterable[Reading]]) -> None:
        """Ask `read` for the present numbers of a gauge or counter whenever somebody looks.

        `read` must return at once. A metric may have several; each reports series of its own.
        """
        ...

    def page(self) -> MetricsPage:
        """Return all numbers of this process in Prometheus' text format; the observed ones as they are at present."""
        ...

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        ...

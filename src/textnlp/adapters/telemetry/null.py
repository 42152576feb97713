"""A meter that nobody looks at, and a tracer whose spans nobody collects."""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from textnlp.ports.meter import MetricsPage, Reading
from textnlp.ports.tracer import Attributes
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


class NullSpan:
    """Satisfies `Span`; nothing is known of it afterwards."""

    __slots__ = ()

    traceparent = ""

    def note(self, attributes: Attributes) -> None:
        """Forget it."""

    def rename(self, name: str) -> None:
        """Forget it."""

    def fail(self, error_type: str) -> None:
        """Forget it."""

    def end(self) -> None:
        """Return: nothing was begun."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, _: object, /) -> None:
        """Return."""


NULL_SPAN = NullSpan()
_NOTHING = contextlib.nullcontext()


class NullTracer:
    """Satisfies `Tracer` for a process whose spans nobody collects; all of them are one object."""

    is_on = False
    is_recording = False
    traceparent = ""

    def begin(self, *_: object, **__: object) -> NullSpan:
        """Return the span that does nothing."""
        return NULL_SPAN

    def call(self, *_: object, **__: object) -> NullSpan:
        """Return the span that does nothing."""
        return NULL_SPAN

    def within(self, *_: object, **__: object) -> contextlib.AbstractContextManager[None]:
        """Return a block that is nothing more."""
        return _NOTHING

    async def aclose(self) -> None:
        """Return: there is nothing to let go of."""

"""The tracer: what belongs to one request, across processes, with how long each part took."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol, Self

AttributeValue = str | int | float | bool | tuple[str, ...]
Attributes = Mapping[str, AttributeValue]


class SpanKind(StrEnum):
    """What a span is to the part that it is of, as OpenTelemetry tells them apart."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class Span(Protocol):
    """A piece of work that has begun. As a context it ends with its block, failed where the block raises."""

    @property
    def traceparent(self) -> str:
        """The place of this span in its trace, as W3C Trace Context writes it; empty where there is none."""
        ...

    def note(self, attributes: Attributes) -> None:
        """Say more of the work; what was said before under the same name is replaced."""
        ...

    def rename(self, name: str) -> None:
        """Call the work something else."""
        ...

    def fail(self, error_type: str) -> None:
        """Mark the work as failed; `error_type` is one of few words, never a message."""
        ...

    def end(self) -> None:
        """Note that the work has ended now; ending twice is harmless."""
        ...

    def __enter__(self) -> Self:
        """Return the span itself; it is not made the present one."""
        ...

    def __exit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, _: object, /) -> None:
        """End the span."""
        ...


class Tracer(Protocol):
    """Begins spans; never waits, and never raises on account of who collects them.

    The present span is one per task, and that of the task which began it. A trace that is not sampled costs as much
    as no trace.
    """

    @property
    def is_on(self) -> bool:
        """Whether spans go anywhere; where they do not, there is no need to ask for any."""
        ...

    @property
    def is_recording(self) -> bool:
        """Whether a call is recorded that is made at present; where not, nothing need be said of it."""
        ...

    @property
    def traceparent(self) -> str:
        """The place of the present span in its trace, empty where there is none."""
        ...

    def begin(
        self, name: str, *, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None, parent: str = ""
    ) -> Span:
        """Begin a piece of work that came with the place `parent`.

        Without one, or with one that cannot be read, it belongs to the present span, and begins a trace where there
        is none.
        """
        ...

    def call(self, name: str, *, kind: SpanKind = SpanKind.CLIENT, attributes: Attributes | None = None) -> Span:
        """Begin a call to another part, where it is made for a trace that is recorded; else return what does nothing.

        So whoever looks for work in vain, time and again, is in no trace.
        """
        ...

    def within(self, span: Span) -> AbstractContextManager[None]:
        """Make `span` the present one for the block."""
        ...

    async def aclose(self) -> None:
        """Hand over what has ended, for a few seconds at most; closing twice is harmless."""
        ...

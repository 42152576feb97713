"""Where a process puts its spans, figures and lines of the log."""

from collections.abc import Sequence
from typing import Protocol

from textnlp.domain.telemetry.log_lines import LogLine
from textnlp.domain.telemetry.rollups import ProcessFigures, Rollup
from textnlp.domain.telemetry.spans import SpanRecord


class TelemetrySink(Protocol):
    """Keeps what it is given until its days are over.

    What is older than it is kept, or of a day to come, is passed over. Each call changes everything or nothing, and
    raises `UNAVAILABLE` where the store cannot be reached, or is slow: then the same may be given again.
    """

    async def add_spans(self, spans: Sequence[SpanRecord]) -> int:
        """Keep spans, and return how many were passed over."""
        ...

    async def add_lines(self, lines: Sequence[LogLine]) -> int:
        """Keep lines of the log, likewise."""
        ...

    async def add_rollups(self, rollups: Sequence[Rollup], *, process: str, instance: str) -> int:
        """Keep figures of one process, likewise."""
        ...

    async def show(self, figures: ProcessFigures) -> None:
        """Replace what is known of the process at present."""
        ...

    async def withdraw(self, instance: str) -> None:
        """Forget what is known of a process at present: it ends."""
        ...

    async def aclose(self) -> None:
        """Let go of connections; closing twice is harmless."""
        ...

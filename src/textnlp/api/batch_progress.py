"""The progress of a batch as server-sent events."""

from collections import deque
from collections.abc import AsyncGenerator

from textnlp.api.followed import followed
from textnlp.api.schemas.batch import BatchRead, ProgressRead, read_batch, read_counts
from textnlp.api.schemas.usage import read_usage
from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.model import Batch
from textnlp.domain.batches.rules import TERMINAL_STATES

_RATE_SECONDS = 5.0


def progress_events(ports: BatchPorts, batch: Batch) -> AsyncGenerator[bytes]:
    """Yield an event `progress` at once and whenever something changed, and `end` with the batch once it has ended."""
    meter = _RateMeter()

    def show(looked_at: Batch) -> ProgressRead:
        return _progress(looked_at, meter.measure(looked_at.counts.done, now=ports.clock.monotonic()))

    def show_ended(looked_at: Batch) -> BatchRead | None:
        return read_batch(looked_at) if looked_at.state in TERMINAL_STATES else None

    return followed(batch, look=lambda: ports.ledger.get(batch.id), show=show, show_ended=show_ended, clock=ports.clock)


class _RateMeter:
    """Measures rows a second over the last five seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def measure(self, done: int, *, now: float) -> float:
        """Add how many rows are done at `now`, and return the rate."""
        self._seen.append((now, done))
        while now - self._seen[0][0] > _RATE_SECONDS:
            self._seen.popleft()
        began, rows = self._seen[0]
        return round(max(0, done - rows) / (now - began), 1) if now > began else 0.0


def _progress(batch: Batch, rows_per_second: float) -> ProgressRead:
    return ProgressRead(
        id=batch.id,
        state=batch.state,
        counts=read_counts(batch.counts),
        usage=read_usage(batch.usage),
        rows_per_second=rows_per_second,
    )

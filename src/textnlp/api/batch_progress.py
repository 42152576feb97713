"""The progress of a batch as server-sent events."""

from collections import deque
from collections.abc import AsyncGenerator

import msgspec

from textnlp.api.event_stream import HEARTBEAT, encode_event
from textnlp.api.schemas.batch import ProgressRead, read_batch, read_counts
from textnlp.api.schemas.usage import read_usage
from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.model import Batch
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorKind, TextNLPError

_LOOK_SECONDS = 0.5
_HEARTBEAT_SECONDS = 15.0
_RATE_SECONDS = 5.0
_RECONNECT = b"retry: 1000\n\n"


async def progress_events(ports: BatchPorts, batch: Batch) -> AsyncGenerator[bytes]:
    """Yield an event `progress` at once and whenever something changed, and `end` with the batch once it has ended.

    While nothing changes a comment every 15 seconds keeps the connection open. A ledger that is away for a while
    is waited for. Events are numbered from 1 in each stream: one that is opened again begins with the present state.
    """
    encode = msgspec.json.Encoder().encode
    meter = _RateMeter()
    shown: ProgressRead | None = None
    number = 0
    sent_at = ports.clock.monotonic()
    yield _RECONNECT
    while True:
        now = ports.clock.monotonic()
        progress = _progress(batch, meter.measure(batch.counts.done, now=now))
        if progress != shown:
            number += 1
            yield encode_event(encode(progress), name="progress", event_id=str(number))
            shown, sent_at = progress, now
        elif now - sent_at >= _HEARTBEAT_SECONDS:
            yield HEARTBEAT
            sent_at = now
        if batch.state in TERMINAL_STATES:
            yield encode_event(encode(read_batch(batch)), name="end", event_id=str(number + 1))
            return
        await ports.clock.sleep(_LOOK_SECONDS)
        batch = await _looked_at(ports, batch)


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


async def _looked_at(ports: BatchPorts, batch: Batch) -> Batch:
    try:
        return await ports.ledger.get(batch.id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.UNAVAILABLE:
            raise
        return batch


def _progress(batch: Batch, rows_per_second: float) -> ProgressRead:
    return ProgressRead(
        id=batch.id,
        state=batch.state,
        counts=read_counts(batch.counts),
        usage=read_usage(batch.usage),
        rows_per_second=rows_per_second,
    )

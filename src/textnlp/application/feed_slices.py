"""Slices from the queue, turned into rows that can be asked."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass, field

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.tracing.message_span import begin_processing
from textnlp.domain.batches.model import Batch, BatchState, PromptRow, Slice
from textnlp.domain.batches.requests import decode_requests
from textnlp.domain.batches.slice_message import decode_slice
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.tracer import Span
from textnlp.topology.spans import BATCH_ID

_IDLE_WAIT_SECONDS = 5.0
_PAUSE_AFTER_ERROR_SECONDS = 0.25
_MOST_SLICES_A_RECEIVE = 8


@dataclass(slots=True, eq=False)
class ActiveSlice:
    """A slice in hand: its lock, and how many of its rows have no outcome yet; `span` is the work on it."""

    message: ReceivedMessage
    span: Span
    batch: Batch
    part: Slice
    remaining: int
    progressed_at: float
    is_stopped: bool = False


@dataclass(slots=True)
class SliceFeed:
    """Receives slices while fewer than `rows_ahead` rows wait, and hands their rows out one by one.

    Rows that have an outcome already are left out, so a slice that is delivered again asks only what is missing. A
    slice that cannot be read goes to the dead-letter queue with the reason; one of a batch that no longer runs is
    completed without being asked, as is a second
    message for a slice that is in hand.
    """

    ports: BatchPorts
    rows_ahead: int
    active: dict[int, ActiveSlice] = field(default_factory=dict[int, ActiveSlice])
    _received: deque[ReceivedMessage] = field(default_factory=deque[ReceivedMessage])
    _rows: deque[tuple[PromptRow, ActiveSlice]] = field(default_factory=deque[tuple[PromptRow, ActiveSlice]])
    _takers: deque[asyncio.Future[None]] = field(default_factory=deque[asyncio.Future[None]])
    _wants_more: asyncio.Event = field(default_factory=asyncio.Event)

    def active_batches(self) -> set[BatchId]:
        """Return the batches whose slices are in hand."""
        return {active.batch.id for active in self.active.values()}

    def messages_in_hand(self) -> list[ReceivedMessage]:
        """Return every message that is locked and not settled."""
        in_hand = {message.sequence_number: message for message in self._received}
        in_hand.update({number: active.message for number, active in self.active.items()})
        return list(in_hand.values())

    async def take(self) -> tuple[PromptRow, ActiveSlice]:
        """Return the next row, waiting for one."""
        while not self._rows:
            self._wants_more.set()
            taker = asyncio.get_running_loop().create_future()
            self._takers.append(taker)
            await taker
        row = self._rows.popleft()
        if len(self._rows) < self.rows_ahead:
            self._wants_more.set()
        return row

    async def run(self) -> None:
        """Receive until cancelled; a queue, ledger or store that is away is tried again."""
        entity = self.ports.queue_entity
        most = min(_MOST_SLICES_A_RECEIVE, max(1, self.rows_ahead // 32))
        while True:
            if len(self._rows) >= self.rows_ahead:
                self._wants_more.clear()
                await self._wants_more.wait()
            try:
                messages = await self.ports.queue.receive(
                    entity,
                    max_messages=most,
                    max_wait_seconds=_IDLE_WAIT_SECONDS,
                )
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE:
                    raise
                await self.ports.clock.sleep(_PAUSE_AFTER_ERROR_SECONDS)
                continue
            self._received.extend(messages)
            while self._received:
                await self._admit(self._received[0])
                self._received.popleft()

    def drop_batch(self, batch_id: BatchId) -> list[ActiveSlice]:
        """Forget the rows of a batch that are not begun; return its slices, marked as stopped."""
        self._rows = deque((row, active) for row, active in self._rows if active.batch.id != batch_id)
        dropped = [active for active in self.active.values() if active.batch.id == batch_id]
        for active in dropped:
            active.is_stopped = True
            active.span.end()
            self.active.pop(active.message.sequence_number, None)
        return dropped

    async def _admit(self, message: ReceivedMessage) -> None:
        """Put the rows of a message into the feed, or settle the message."""
        tracer = self.ports.tracer
        span = begin_processing(tracer, message)
        try:
            with tracer.within(span):
                is_loaded = await self._is_loaded(message, span)
            if not is_loaded:
                span.end()
        except TextNLPError as error:
            span.fail(error.kind.value)
            span.end()
            if error.kind is ErrorKind.UNAVAILABLE:
                await self.ports.clock.sleep(_PAUSE_AFTER_ERROR_SECONDS)
                await settle_quietly(self.ports.queue.abandon(message))
            else:
                await settle_quietly(
                    self.ports.queue.dead_letter(message, reason=error.kind.value, description=error.full_text),
                )

    async def _is_loaded(self, message: ReceivedMessage, span: Span) -> bool:
        """Put the rows of a slice into the feed; return False, with its message completed, where there are none."""
        batch_id, part = decode_slice(message.body)
        batch = await self.ports.ledger.get(batch_id)
        if batch.state is not BatchState.RUNNING or self._is_in_hand(batch_id, part):
            await settle_quietly(self.ports.queue.complete([message]))
            return False
        data = await self.ports.blobs.get(batch.requests_path, offset=part.offset, length=part.size_bytes)
        recorded = await self.ports.ledger.recorded_rows(
            batch_id,
            first_row=part.first_row,
            row_count=part.row_count,
        )
        rows = [row for row in decode_requests(data) if row.index not in recorded]
        if not rows:
            await settle_quietly(self.ports.queue.complete([message]))
            return False
        active = ActiveSlice(message, span, batch, part, len(rows), self.ports.clock.monotonic())
        self.active[message.sequence_number] = active
        self._rows.extend((row, active) for row in rows)
        span.note({BATCH_ID: batch_id})
        self._wake_takers()
        return True

    def _is_in_hand(self, batch_id: BatchId, part: Slice) -> bool:
        """Whether another message brought the same slice, whose rows are being asked."""
        return any(active.batch.id == batch_id and active.part.index == part.index for active in self.active.values())

    def _wake_takers(self) -> None:
        for _ in range(min(len(self._takers), len(self._rows))):
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_result(None)


async def settle_quietly(settlement: Awaitable[object]) -> None:
    """Settle a message, bearing a lost lock or a queue that is away: either way it is delivered again."""
    try:
        await settlement
    except TextNLPError as error:
        if error.kind not in {ErrorKind.CONFLICT, ErrorKind.UNAVAILABLE}:
            raise

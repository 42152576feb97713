"""A queue whose messages carry the trace that they were sent in."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth, ReceivedMessage
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.tracer import Span, SpanKind, Tracer
from textnlp.topology.spans import (
    MESSAGING_COUNT,
    MESSAGING_DESTINATION,
    MESSAGING_OPERATION,
    MESSAGING_OPERATION_TYPE,
    MESSAGING_SYSTEM,
    PEER,
    TRACE_PROPERTY,
)

_PART = "messages"
_SEND = "send"
_SETTLE = "settle"


class TracedJobQueue:
    """Satisfies `JobQueue` over another one, which it owns.

    Sending and settling are calls of the present trace; receiving is not, for it has nothing yet that it belongs to.
    A message that already carries a trace, and is sent in none, keeps it.

    Args:
        system: what keeps the messages, by OpenTelemetry's name where it has one.
    """

    def __init__(self, queue: JobQueue, *, tracer: Tracer, system: str) -> None:
        self._queue = queue
        self._tracer = tracer
        self._attributes = {MESSAGING_SYSTEM: system, PEER: _PART}

    async def send(self, entity: str, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send, with the place of this call in its trace."""
        with (
            self._call(_SEND, _SEND, entity, len(messages), kind=SpanKind.PRODUCER) as span,
            self._tracer.within(span),
        ):
            place = span.traceparent or self._tracer.traceparent
            return await self._queue.send(entity, [_carrying(each, place) for each in messages] if place else messages)

    async def receive(
        self,
        entity: str,
        *,
        max_messages: int = 1,
        max_wait_seconds: float = 0.0,
        session_id: str | None = None,
    ) -> list[ReceivedMessage]:
        """Receive, in no trace."""
        return await self._queue.receive(
            entity, max_messages=max_messages, max_wait_seconds=max_wait_seconds, session_id=session_id
        )

    async def renew(self, message: ReceivedMessage) -> datetime:
        """Renew, in no trace: how long work takes is seen anyway."""
        return await self._queue.renew(message)

    async def complete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Complete."""
        entity = messages[0].entity if messages else ""
        with self._call("complete", _SETTLE, entity, len(messages)) as span, self._tracer.within(span):
            await self._queue.complete(messages)

    async def abandon(self, message: ReceivedMessage) -> None:
        """Give back."""
        with self._call("abandon", _SETTLE, message.entity, 1) as span, self._tracer.within(span):
            await self._queue.abandon(message)

    async def defer(self, message: ReceivedMessage) -> None:
        """Set aside."""
        with self._call("defer", _SETTLE, message.entity, 1) as span, self._tracer.within(span):
            await self._queue.defer(message)

    async def receive_deferred(self, entity: str, sequence_numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Receive what was set aside, in no trace."""
        return await self._queue.receive_deferred(entity, sequence_numbers)

    async def dead_letter(self, message: ReceivedMessage, *, reason: str, description: str = "") -> None:
        """Give up."""
        with self._call("dead_letter", _SETTLE, message.entity, 1) as span, self._tracer.within(span):
            await self._queue.dead_letter(message, reason=reason, description=description)

    async def cancel_scheduled(self, entity: str, sequence_numbers: Sequence[int]) -> None:
        """Take back what is not yet due."""
        await self._queue.cancel_scheduled(entity, sequence_numbers)

    async def peek(
        self, entity: str, *, from_sequence_number: int = 0, max_messages: int = 32
    ) -> list[ReceivedMessage]:
        """Look."""
        return await self._queue.peek(entity, from_sequence_number=from_sequence_number, max_messages=max_messages)

    async def resend_dead_letters(self, entity: str, *, max_messages: int = 1000) -> int:
        """Send again; each message keeps the trace that it carries."""
        return await self._queue.resend_dead_letters(entity, max_messages=max_messages)

    async def depth(self, entity: str) -> QueueDepth:
        """Count."""
        return await self._queue.depth(entity)

    async def check(self) -> None:
        """Return when the queue can be used."""
        await self._queue.check()

    async def aclose(self) -> None:
        """Close the queue."""
        await self._queue.aclose()

    def _call(
        self, operation: str, operation_type: str, entity: str, count: int, *, kind: SpanKind = SpanKind.CLIENT
    ) -> Span:
        return self._tracer.call(
            f"{operation} {entity}",
            kind=kind,
            attributes={
                **self._attributes,
                MESSAGING_OPERATION: operation,
                MESSAGING_OPERATION_TYPE: operation_type,
                MESSAGING_DESTINATION: entity,
                MESSAGING_COUNT: count,
            },
        )


def _carrying(message: OutgoingMessage, place: str) -> OutgoingMessage:
    return dataclasses.replace(message, properties={**message.properties, TRACE_PROPERTY: place})

"""Write the generations that wait in the queue."""

import asyncio
import contextlib
from collections.abc import Callable

from textnlp.application.announce import announce
from textnlp.application.answer_choices import answer_choices
from textnlp.application.batch_ports import EngineFinder
from textnlp.application.hold_message import held
from textnlp.application.settled_waiters import Settled, nothing_to_settle
from textnlp.application.submit_generation import GenerationPorts
from textnlp.application.tracing.message_span import begin_processing
from textnlp.domain.errors import RETRYABLE_KINDS, ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, usage_of
from textnlp.domain.generation.record import (
    GenerationRecord,
    GenerationState,
    decode_order,
    encode_completions,
    result_path,
)
from textnlp.domain.identifiers import GenerationId
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.tracer import Span
from textnlp.topology.events import GENERATION_COMPLETED, GENERATION_FAILED

_IDLE_WAIT_SECONDS = 5.0
_PAUSE_AFTER_ERROR_SECONDS = 0.5
_TRIED_AGAIN = RETRYABLE_KINDS | {ErrorKind.DEPLOYMENT_AWAY}


class GenerationWriter:
    """Writes up to `lanes` generations at a time.

    One that ended before is not written again, whatever is delivered. An error that may pass gives the message back,
    until the queue has delivered it as often as it does; then, and for an error that stays, the generation has
    failed. The completion is stored before it is told of; a process that dies in between tells of it on the next
    delivery.

    Args:
        ports: what it stands on.
        engines_for: finds the engines for a generation, its calls charged to whoever asked for it.
        lanes: generations written at a time.
        drain_seconds: how long a writer that is cancelled goes on with those that it has begun, before it gives back
            their messages. A message that is given back counts as delivered, and is so only a few times.
        settled: no completion is stored before the usage of its call is.
    """

    def __init__(
        self,
        ports: GenerationPorts,
        *,
        engines_for: Callable[[GenerationRecord], EngineFinder],
        lanes: int,
        drain_seconds: float = 0.0,
        settled: Settled = nothing_to_settle,
    ) -> None:
        self._ports = ports
        self._engines_for = engines_for
        self._lanes = lanes
        self._drain_seconds = drain_seconds
        self._settled = settled

    async def run(self) -> None:
        """Write until cancelled, then finish or give back what is in hand; a queue that is away is tried again."""
        free = asyncio.Semaphore(self._lanes)
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as tasks:
            try:
                while True:
                    await free.acquire()
                    message = await self._next()
                    task = tasks.create_task(self._traced(message), name="generation")
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                    task.add_done_callback(lambda _: free.release())
            finally:
                if under_way and self._drain_seconds:
                    await asyncio.wait(under_way, timeout=self._drain_seconds)

    async def _next(self) -> ReceivedMessage:
        ports = self._ports
        while True:
            try:
                messages = await ports.queue.receive(ports.queue_entity, max_wait_seconds=_IDLE_WAIT_SECONDS)
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE:
                    raise
                await ports.clock.sleep(_PAUSE_AFTER_ERROR_SECONDS)
                continue
            if messages:
                return messages[0]

    async def _traced(self, message: ReceivedMessage) -> None:
        tracer = self._ports.tracer
        with begin_processing(tracer, message) as span, tracer.within(span):
            await self._handle(message, span)

    async def _handle(self, message: ReceivedMessage, span: Span) -> None:
        """Deal with one message; whatever cannot be settled is delivered again when its lock ends."""
        with contextlib.suppress(TextNLPError):
            try:
                generation_id, request, count = decode_order(message.body)
            except TextNLPError as error:
                reason, told = error.kind.value, error.full_text
                span.fail(reason)
                await self._ports.queue.dead_letter(message, reason=reason, description=told)
                return
            async with self._held(message):
                await self._settle_or_abandon(message, span, (generation_id, request, count))

    async def _settle_or_abandon(
        self, message: ReceivedMessage, span: Span, order: tuple[GenerationId, GenerationRequest, int]
    ) -> None:
        try:
            await self._settle(message, span, order)
        except asyncio.CancelledError:
            with contextlib.suppress(TextNLPError):
                await self._ports.queue.abandon(message)
            raise

    def _held(self, message: ReceivedMessage) -> contextlib.AbstractAsyncContextManager[object]:
        ports = self._ports
        seconds = {"lock_seconds": ports.lock_seconds, "lease_seconds": ports.lease_seconds}
        return held(ports.queue, message, clock=ports.clock, **seconds)

    async def _settle(
        self, message: ReceivedMessage, span: Span, order: tuple[GenerationId, GenerationRequest, int]
    ) -> None:
        ports = self._ports
        generation_id, request, count = order
        try:
            await self._write(generation_id, request, count=count)
        except TextNLPError as error:
            span.fail(error.kind.value)
            if error.kind in _TRIED_AGAIN and message.delivery_count < ports.max_delivery_count:
                await ports.clock.sleep(min(error.facts.retry_after_seconds or 0.0, ports.lock_seconds))
                await ports.queue.abandon(message)
                return
            now = ports.clock.now()
            await ports.store.fail(generation_id, error, at=now)
            data = {"id": generation_id, "code": error.kind.value, "message": error.message}
            await announce(ports.events, GENERATION_FAILED, generation_id, at=now, data=data)
        await ports.queue.complete([message])

    async def _write(self, generation_id: GenerationId, request: GenerationRequest, *, count: int) -> None:
        ports = self._ports
        record = await ports.store.get(generation_id)
        if record.state is GenerationState.FAILED:
            return
        path = result_path(generation_id)
        if record.state is GenerationState.QUEUED:
            engine = self._engines_for(record)(request.model)
            completions = await answer_choices(engine, request, count=count)
            await self._settled()
            await ports.blobs.put(path, encode_completions(completions))
            await ports.store.complete(generation_id, usage=usage_of(completions), at=ports.clock.now())
        data = {"id": generation_id, "blob": path, "model": record.model}
        await announce(ports.events, GENERATION_COMPLETED, generation_id, at=ports.clock.now(), data=data)

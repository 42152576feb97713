"""The validation worker: messages in, reports out."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from textnlp.application.begin_validation import begin_validation
from textnlp.application.feed_slices import settle_quietly
from textnlp.application.hold_message import held
from textnlp.application.tracing.message_span import begin_processing
from textnlp.application.validate_generation import validate_generation
from textnlp.application.validate_stored import validate_stored
from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.messaging.model import OutgoingMessage, ReceivedMessage
from textnlp.domain.validation.stored_validation import ValidationKind
from textnlp.domain.validation.summary import ValidationSummary
from textnlp.domain.validation.validation_order import ValidationOrder, decode_order
from textnlp.topology.metrics import ROWS_VALIDATED, VALIDATION_SECONDS

_LOG = logging.getLogger(__name__)
_IDLE_WAIT_SECONDS = 5.0
_PAUSE_AFTER_ERROR_SECONDS = 0.5
_EVENTS_AT_ONCE = 16
_FAULTS_OF_THE_ROWS = frozenset({ErrorKind.INVALID_INPUT, ErrorKind.NOT_FOUND, ErrorKind.TOO_LARGE})


class ValidationWorker:
    """Works on up to `lanes` validations at a time.

    One that was done before is not done again, whatever is delivered. Rows that cannot be looked at fail their
    validation with the reason. Anything else that goes wrong gives the message back, until the queue has delivered it
    as often as it does; then the validation has failed, and the message is a dead letter with the reason. The end of
    a validation is noted after its files are stored, and the message is completed after that.
    """

    def __init__(self, ports: ValidationPorts, *, lanes: int = 2) -> None:
        self._ports = ports
        self._lanes = lanes

    async def run(self) -> None:
        """Work until cancelled, giving back what is in hand; a queue that is away is tried again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._serve(self._ports.completions_entity, self._forward, most=_EVENTS_AT_ONCE))
            for _ in range(self._lanes):
                tasks.create_task(self._serve(self._ports.queue_entity, self._handle), name="validations")

    async def _serve(
        self, entity: str, handle: Callable[[ReceivedMessage], Coroutine[Any, Any, None]], *, most: int = 1
    ) -> None:
        queue = self._ports.queue
        while True:
            try:
                messages = await queue.receive(entity, max_messages=most, max_wait_seconds=_IDLE_WAIT_SECONDS)
                for message in messages:
                    with begin_processing(self._ports.tracer, message) as span, self._ports.tracer.within(span):
                        await handle(message)
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE:
                    raise
                await self._ports.clock.sleep(_PAUSE_AFTER_ERROR_SECONDS)

    async def _forward(self, message: ReceivedMessage) -> None:
        """Put an event of the topic into the queue, where it is a duplicate of the one that was routed there itself."""
        ports = self._ports
        copy = OutgoingMessage(body=message.body, message_id=message.message_id, properties=message.properties)
        await ports.queue.send(ports.queue_entity, [copy])
        await settle_quietly(ports.queue.complete([message]))

    async def _handle(self, message: ReceivedMessage) -> None:
        ports = self._ports
        try:
            order = decode_order(message.body)
        except TextNLPError as error:
            await settle_quietly(ports.queue.dead_letter(message, reason=error.kind.value, description=error.full_text))
            return
        try:
            seconds = {"lock_seconds": ports.lock_seconds, "lease_seconds": ports.lease_seconds}
            async with held(ports.queue, message, clock=ports.clock, **seconds) as moved:
                await self._validate(order, moved)
        except asyncio.CancelledError:
            with contextlib.suppress(TextNLPError):
                await ports.queue.abandon(message)
            raise
        except TextNLPError as error:
            await self._settle_failure(message, order, error)
        except Exception as exc:  # noqa: BLE001  one validation must never stop the others
            _LOG.exception("The validation of %s went wrong.", order.id)
            surprise = TextNLPError(f"{type(exc).__name__}: {exc}", kind=ErrorKind.INTERNAL)
            await self._settle_failure(message, order, surprise)
        else:
            await settle_quietly(ports.queue.complete([message]))

    async def _validate(self, order: ValidationOrder, moved: Callable[[], None]) -> None:
        ports = self._ports
        validation = await begin_validation(ports, order)
        if validation is None:
            return
        began = ports.clock.monotonic()
        outcome = "failed"
        try:
            if validation.kind is ValidationKind.GENERATION:
                summary = await validate_generation(ports, validation)
            else:
                summary = await validate_stored(ports, validation, on_move=moved)
            outcome = "completed"
        finally:
            seconds = ports.clock.monotonic() - began
            ports.meter.record(VALIDATION_SECONDS, seconds, dimensions=(validation.kind.value, outcome))
        self._count(validation.kind, summary)
        _LOG.info("%s: %d rows, %d accepted.", validation.id, summary.rows, summary.accepted)

    def _count(self, kind: ValidationKind, summary: ValidationSummary) -> None:
        counts = {"accepted": summary.accepted, "rejected": summary.rejected, "failed": summary.failed}
        for verdict, count in counts.items():
            if count:
                self._ports.meter.record(ROWS_VALIDATED, count, dimensions=(kind.value, verdict))

    async def _settle_failure(self, message: ReceivedMessage, order: ValidationOrder, error: TextNLPError) -> None:
        ports = self._ports
        is_fault = error.kind in _FAULTS_OF_THE_ROWS
        if error.kind is ErrorKind.CONFLICT:
            await settle_quietly(ports.queue.complete([message]))
            return
        if not is_fault and message.delivery_count < ports.max_delivery_count:
            await ports.clock.sleep(_PAUSE_AFTER_ERROR_SECONDS)
            await settle_quietly(ports.queue.abandon(message))
            return
        await fail_validation(ports, order.id, error.full_text)
        if is_fault:
            await settle_quietly(ports.queue.complete([message]))
        else:
            reason, told = error.kind.value, error.full_text
            await settle_quietly(ports.queue.dead_letter(message, reason=reason, description=told))


async def fail_validation(ports: ValidationPorts, validation_id: ValidationId, reason: str) -> bool:
    """Note that nothing will come of a validation; return False where it had ended, or was never begun."""
    try:
        validation = await ports.store.get(validation_id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return False
    return await ports.store.fail(validation, reason=reason, at=ports.clock.now())

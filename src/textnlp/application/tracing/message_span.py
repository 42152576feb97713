"""The span of work that a message asks for."""

from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.tracer import Span, SpanKind, Tracer
from textnlp.topology.spans import (
    MESSAGING_DELIVERIES,
    MESSAGING_DESTINATION,
    MESSAGING_ID,
    MESSAGING_OPERATION,
    MESSAGING_OPERATION_TYPE,
    TRACE_PROPERTY,
)

_PROCESS = "process"


def begin_processing(tracer: Tracer, message: ReceivedMessage) -> Span:
    """Begin the work on a message, in the trace of whoever sent it, or in one of its own where that is not known."""
    sender = message.properties.get(TRACE_PROPERTY)
    return tracer.begin(
        f"{_PROCESS} {message.entity}",
        kind=SpanKind.CONSUMER,
        attributes={
            MESSAGING_OPERATION: _PROCESS,
            MESSAGING_OPERATION_TYPE: _PROCESS,
            MESSAGING_DESTINATION: message.entity,
            MESSAGING_ID: message.message_id,
            MESSAGING_DELIVERIES: message.delivery_count,
        }
        if tracer.is_on
        else None,
        parent=sender if isinstance(sender, str) else "",
    )

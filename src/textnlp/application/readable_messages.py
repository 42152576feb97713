"""Which messages this release reads, wherever they wait."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from textnlp.application.address_events import read_event
from textnlp.domain.batches import slice_message
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation import record
from textnlp.domain.validation import validation_order
from textnlp.topology.queues import (
    BATCH_PROCESSING_QUEUE,
    GENERATION_EVENTS,
    MONITORING_SUB,
    TEXT_GENERATION_QUEUE,
    VALIDATION_QUEUE,
    VALIDATION_SUB,
    WEBHOOKS_SUB,
    subscription_entity,
)

READERS: Mapping[str, Callable[[bytes], object]] = MappingProxyType(
    {
        TEXT_GENERATION_QUEUE: record.decode_order,
        BATCH_PROCESSING_QUEUE: slice_message.decode_slice,
        VALIDATION_QUEUE: validation_order.decode_order,
        subscription_entity(GENERATION_EVENTS, VALIDATION_SUB): validation_order.decode_order,
        subscription_entity(GENERATION_EVENTS, WEBHOOKS_SUB): read_event,
        subscription_entity(GENERATION_EVENTS, MONITORING_SUB): read_event,
    }
)
"""What reads the messages of each queue and subscription."""

READ_VERSIONS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        TEXT_GENERATION_QUEUE: record.READ_VERSIONS,
        BATCH_PROCESSING_QUEUE: slice_message.READ_VERSIONS,
        VALIDATION_QUEUE: validation_order.READ_VERSIONS,
    }
)
"""Versions that are read of each queue's messages; events have none, and only ever gain fields."""


def unreadable_reason(entity: str, body: bytes) -> str | None:
    """Return why a message that waits in `entity` cannot be read, None where it can."""
    try:
        READERS[entity](body)
    except TextNLPError as error:
        return error.message
    return None

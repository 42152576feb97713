"""Queues and topics with Service Bus semantics."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth, ReceivedMessage


class JobQueue(Protocol):
    """Delivers every message at least once, and gives up on none quietly.

    Entities are the queues and topics of the topology; a subscription is received from as `topic/subscription`,
    a dead-letter queue as `entity/$deadletterqueue`. Lock time, time to live, delivery limit and duplicate window
    are the topology's. A message whose lock ended is delivered again; one that was delivered as often as its
    entity allows, or that expired where the entity says so, goes to the dead-letter queue with the reasons
    `MaxDeliveryCountExceeded` and `TTLExpiredException`. An unknown entity raises `NOT_FOUND`; settling with a
    lock that is no longer held raises `CONFLICT`; a queue that cannot be reached raises `UNAVAILABLE`.

    An adapter whose service cannot keep one of these promises says which in its docstring, and the contract suite
    knows it as a capability; nothing in the platform needs the number of a message that is not scheduled.
    """

    async def send(self, entity: str, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send all or none; return a sequence number a message, 0 for one dropped as a duplicate.

        Sending to a topic puts a copy into each subscription whose filter matches, and returns the numbers that
        the topic gave.
        """
        ...

    async def receive(
        self,
        entity: str,
        *,
        max_messages: int = 1,
        max_wait_seconds: float = 0.0,
        session_id: str | None = None,
    ) -> list[ReceivedMessage]:
        """Lock and return up to `max_messages`, oldest first; wait only while there is none at all.

        With `session_id` only messages of that session are returned. Without it, messages of a session are
        returned in order, and none while an earlier one of the same session is locked.
        """
        ...

    async def renew(self, message: ReceivedMessage) -> datetime:
        """Hold the lock for another full lock time; return when it ends."""
        ...

    async def complete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Remove messages that are done with; raise `CONFLICT` after removing those whose lock still held."""
        ...

    async def abandon(self, message: ReceivedMessage) -> None:
        """Give the message back for another delivery at once."""
        ...

    async def defer(self, message: ReceivedMessage) -> None:
        """Set the message aside; only `receive_deferred` with its sequence number brings it back."""
        ...

    async def receive_deferred(self, entity: str, sequence_numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Lock and return deferred messages; numbers that are not deferred are left out."""
        ...

    async def dead_letter(self, message: ReceivedMessage, *, reason: str, description: str = "") -> None:
        """Move the message to the dead-letter queue, with its reason."""
        ...

    async def cancel_scheduled(self, entity: str, sequence_numbers: Sequence[int]) -> None:
        """Remove scheduled messages that are not yet due; numbers that are gone are ignored."""
        ...

    async def peek(
        self,
        entity: str,
        *,
        from_sequence_number: int = 0,
        max_messages: int = 32,
    ) -> list[ReceivedMessage]:
        """Return messages in order of their numbers, in any state, without locking or counting a delivery."""
        ...

    async def resend_dead_letters(self, entity: str, *, max_messages: int = 1000) -> int:
        """Send the dead letters of `entity` to it again with a delivery count of zero; return how many."""
        ...

    async def depth(self, entity: str) -> QueueDepth:
        """Count the messages of an entity by state."""
        ...

    async def check(self) -> None:
        """Return when the queue can be used; raise `UNAVAILABLE` otherwise."""
        ...

    async def aclose(self) -> None:
        """Free connections; closing twice is harmless."""
        ...

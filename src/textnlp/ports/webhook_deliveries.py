"""Events on their way to webhooks, and the log of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.identifiers import DeliveryId, WebhookId
from textnlp.domain.webhooks.model import Attempt, Delivery, DeliveryClaim
from textnlp.domain.webhooks.rules import Verdict


class WebhookDeliveries(Protocol):
    """Keeps one delivery an event and webhook.

    What is not there raises `NOT_FOUND`, a store that is away `UNAVAILABLE`. A delivery that is due is lent to one
    worker at a time. A worker that dies keeps it until its lease is over, then it is lent again: every event is posted
    at least once.
    """

    def for_tenant(self, tenant: str) -> "WebhookDeliveries":
        """Return the deliveries as one tenant sees them: those of others are not there."""
        ...

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries; one whose webhook has the event already, or is gone meanwhile, is passed over."""
        ...

    async def get(self, delivery_id: DeliveryId) -> Delivery:
        """Return a delivery."""
        ...

    async def newest(
        self, webhook_id: WebhookId, *, before: DeliveryId | None = None, limit: int
    ) -> Sequence[Delivery]:
        """List up to `limit` deliveries to a webhook that are older than `before`, newest first."""
        ...

    async def restart(self, delivery_id: DeliveryId, *, at: datetime) -> Delivery:
        """Make a delivery due at `at` with the whole schedule before it, whatever became of it, and return it."""
        ...

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> Sequence[DeliveryClaim]:
        """Lend up to `limit` deliveries to enabled webhooks that are due, the longest due first, until `until`.

        A webhook has at most `LENT_PER_WEBHOOK` of them lent at a time, so that one whose receiver hangs keeps
        nobody else waiting.
        """
        ...

    async def settle(self, claim: DeliveryClaim, attempt: Attempt, verdict: Verdict) -> bool:
        """Log an attempt, and do what follows from it for delivery and webhook.

        Return False, and change nothing, when the delivery is no longer lent under this claim.
        """
        ...

    async def purge(self, created_before: datetime) -> int:
        """Remove what is older than that from the log, and return how many deliveries that were."""
        ...

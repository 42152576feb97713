"""The process that tells webhooks of events."""

import asyncio
import logging

from textnlp.application.address_events import address_events
from textnlp.application.deliver_webhooks import WebhookDeliverer
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.domain.webhooks.rules import KEPT_FOR

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0
_PURGE_SECONDS = 3_600.0


async def serve_webhooks(platform: Platform) -> None:
    """Tell webhooks of events until cancelled; what breaks on one of them does not stop the others."""
    ports = platform.webhook_ports
    while True:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(address_events(ports), name="webhook events")
                tasks.create_task(WebhookDeliverer(ports).run(), name="webhook deliveries")
                tasks.create_task(_purge(ports), name="webhook log")
        except* Exception:  # noqa: BLE001  whatever it is, events and deliveries in hand come again
            _LOG.exception("The webhook worker is started again.")
        await platform.clock.sleep(_PAUSE_SECONDS)


async def _purge(ports: WebhookPorts) -> None:
    """Take old deliveries out of the log, once an hour."""
    while True:
        try:
            await ports.deliveries.purge(ports.clock.now() - KEPT_FOR)
        except TextNLPError as error:
            _LOG.warning("The log of webhooks could not be tidied: %s", error.message)
        await ports.clock.sleep(_PURGE_SECONDS)

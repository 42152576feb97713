"""The timer that removes answers which are no longer given again, and sessions that have ended."""

import logging

from textnlp.application.remove_expired import remove_expired
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY

_LOG = logging.getLogger(__name__)


async def serve_expiry(platform: Platform) -> None:
    """Remove what has expired every few minutes until cancelled; a store that is away is asked again later."""
    while True:
        try:
            removed = await remove_expired(
                platform.gateway.idempotency, platform.call_cache, platform.gateway.sessions, clock=platform.clock
            )
        except TextNLPError as error:
            _LOG.warning("Answers and sessions that expired could not be removed: %s", error.message)
        else:
            if removed:
                _LOG.info("%d answers and sessions that had expired were removed.", removed)
        await platform.clock.sleep(TOPOLOGY.limits.sweep_interval_seconds)

"""The timer that adds usage up, and takes back what was set aside for calls whose process died."""

import logging

from textnlp.application.add_up_usage import add_up_usage
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY

_LOG = logging.getLogger(__name__)


async def serve_usage(platform: Platform) -> None:
    """Add up every few minutes, as the topology says, until cancelled; a ledger that is away is asked again later."""
    while True:
        try:
            added = await add_up_usage(platform.gateway.usage, meter=platform.meter, now=platform.clock.now())
        except TextNLPError as error:
            _LOG.warning("Usage could not be added up: %s", error.message)
        else:
            if added.expired or added.calls:
                _LOG.info("Usage of %d calls added up, %d reservations taken back.", added.calls, added.expired)
        await platform.clock.sleep(TOPOLOGY.limits.usage_interval_seconds)

"""The timer that adds usage up, and takes back what was set aside for calls whose process died."""

import logging
from datetime import timedelta

from textnlp.bootstrap import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.metrics import TOKENS_GENERATED

_LOG = logging.getLogger(__name__)
_SETTLED_BEFORE = timedelta(minutes=1)


async def serve_usage(platform: Platform) -> None:
    """Add up every few minutes, as the topology says, until cancelled; a ledger that is away is asked again later."""
    usage = platform.gateway.usage
    while True:
        now = platform.clock.now()
        try:
            expired = await usage.expire(now)
            added = await usage.roll_up(now - _SETTLED_BEFORE)
        except TextNLPError as error:
            _LOG.warning("Usage could not be added up: %s", error.message)
        else:
            for total in added:
                model, tokens = total.key or "", total.usage.completion_tokens
                platform.meter.record(TOKENS_GENERATED, tokens, dimensions=(model,))
            if expired or added:
                calls = sum(total.calls for total in added)
                _LOG.info("Usage of %d calls added up, %d reservations taken back.", calls, expired)
        await platform.clock.sleep(TOPOLOGY.limits.usage_interval_seconds)

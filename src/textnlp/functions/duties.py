"""What the clock asks for: each duty is one use case, by the name that the topology gives its timer."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from textnlp.application.add_up_usage import add_up_usage
from textnlp.application.alert_dead_letters import alert_dead_letters
from textnlp.application.apply_retention import apply_retention
from textnlp.application.remove_expired import remove_expired
from textnlp.bootstrap.dataset_runs import sweep_kept_datasets
from textnlp.domain.webhooks.rules import KEPT_FOR
from textnlp.functions.hold import PlatformHold

_LOG = logging.getLogger(__name__)

Duty = Callable[[PlatformHold], Awaitable[None]]
"""Does what is due; raises where it could not, so that the host tries again."""


async def aggregate_usage(hold: PlatformHold) -> None:
    """Add usage up and take back what was set aside for calls whose process died."""
    platform = await hold.platform()
    added = await add_up_usage(platform.gateway.usage, meter=platform.meter, now=platform.clock.now())
    _LOG.info("Usage of %d calls added up, %d reservations taken back.", added.calls, added.expired)


async def apply_lifecycle(hold: PlatformHold) -> None:
    """Delete versions of datasets whose time is over, old rows and deliveries; blobs age by rules of their account."""
    platform = await hold.platform()
    deleted = await sweep_kept_datasets(platform)
    if platform.retention is not None:
        await apply_retention(platform.retention)
    purged = await platform.webhook_ports.deliveries.purge(platform.clock.now() - KEPT_FOR)
    _LOG.info("%d versions of datasets deleted, %s old deliveries removed.", deleted, purged)


async def check_budgets(hold: PlatformHold) -> None:
    """Warn of budgets that are spent as far as their owners want to be told."""
    platform, watch = await hold.platform(), await hold.budgets()
    for each in await watch.look(platform.gateway.usage, now=platform.clock.now()):
        _LOG.warning("Budget %s is spent to %.0f%%.", each.budget.id, each.share * 100)


async def expire_answers(hold: PlatformHold) -> None:
    """Remove answers that are no longer given again, and sessions that have ended."""
    platform = await hold.platform()
    removed = await remove_expired(
        platform.gateway.idempotency, platform.call_cache, platform.gateway.sessions, clock=platform.clock
    )
    _LOG.info("%d answers and sessions that had expired were removed.", removed)


async def watch_dead_letters(hold: PlatformHold) -> None:
    """Announce queues and subscriptions that hold dead letters."""
    platform = await hold.platform()
    found = await alert_dead_letters(
        platform.batch_ports.queue, platform.generation_ports.events, now=platform.clock.now()
    )
    for entity, count in found.items():
        _LOG.error("%d dead letters wait in %s.", count, entity)


DUTIES: Mapping[str, Duty] = {
    "aggregate-usage": aggregate_usage,
    "apply-lifecycle": apply_lifecycle,
    "check-budgets": check_budgets,
    "expire-answers": expire_answers,
    "watch-dead-letters": watch_dead_letters,
}
"""By the name of the timer."""

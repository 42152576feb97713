"""Remove answers of models that have been kept long enough."""

from datetime import timedelta

from textnlp.ports.call_cache import CallCache
from textnlp.ports.clock import Clock
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.records import CALL_CACHE


async def remove_old_calls(cache: CallCache, *, clock: Clock) -> int:
    """Remove what was kept longer ago than the topology says; return how many answers that were."""
    days = TOPOLOGY.record(CALL_CACHE).retention_days
    return 0 if days is None else await cache.forget_before(clock.now() - timedelta(days=days))

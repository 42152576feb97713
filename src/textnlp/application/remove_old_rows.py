"""Remove records whose time is over, and the blobs and folders that only they led to."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from textnlp.ports.clock import Clock
from textnlp.ports.row_retention import RowRetention
from textnlp.topology.catalog import TOPOLOGY

_AT_ONCE = 50

Belongings = Mapping[str, Callable[[str], Awaitable[None]]]
"""By the kind of a record: removes what belongs to one that is gone, and does nothing where that is done."""


async def remove_old_rows(rows: RowRetention, *, clock: Clock, belongings: Belongings) -> Mapping[str, int]:
    """Remove what the topology keeps no longer; return how many records of each kind that were.

    Raises `UNAVAILABLE` where the database is away; what was removed until then stays so.
    """
    removed: dict[str, int] = {}
    for name in rows.records:
        days = TOPOLOGY.record(name).retention_days
        if days is None:
            continue
        moment = clock.now() - timedelta(days=days)
        remove_belongings = belongings.get(name)
        while gone := await rows.remove_before(name, moment, limit=_AT_ONCE):
            removed[name] = removed.get(name, 0) + len(gone)
            if remove_belongings is not None:
                for key in gone:
                    await remove_belongings(key)
    return removed

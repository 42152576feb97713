"""The timer that deletes what is kept no longer: versions of datasets, days of telemetry, old rows and old blobs."""

import logging
from datetime import datetime, timedelta

from textnlp.application.apply_retention import RetentionPorts, apply_retention
from textnlp.bootstrap.dataset_runs import sweep_kept_datasets
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY

_LOG = logging.getLogger(__name__)
_DAY = timedelta(days=1)
"""How often rows and blobs are looked through, which reads all of their ages; what has days goes by days."""


async def serve_retention(platform: Platform) -> None:
    """Look every few minutes, as the topology says, until cancelled; a database that is away is asked again later."""
    due: datetime | None = None
    while True:
        await _sweep_datasets(platform)
        now = platform.clock.now()
        if platform.retention is not None and (due is None or now >= due) and await _let_go(platform.retention):
            due = now + _DAY
        if platform.telemetry is not None:
            await _sweep_telemetry(platform)
        await platform.clock.sleep(TOPOLOGY.limits.sweep_interval_seconds)


async def _sweep_datasets(platform: Platform) -> None:
    try:
        deleted = await sweep_kept_datasets(platform)
    except TextNLPError as error:
        _LOG.warning("Datasets whose time is over could not be deleted: %s", error.message)
    else:
        if deleted:
            _LOG.info("%d versions of datasets were deleted, their time being over.", deleted)


async def _let_go(ports: RetentionPorts) -> bool:
    """Remove old rows and blobs; return whether that could be done."""
    try:
        gone = await apply_retention(ports)
    except TextNLPError as error:
        _LOG.warning("Rows and blobs whose time is over could not be removed: %s", error.message)
        return False
    if gone.records:
        _LOG.info("Removed, their time being over: %s.", ", ".join(f"{n} {name}" for name, n in gone.records.items()))
    if gone.blobs.blobs:
        _LOG.info("%d blobs were deleted, their time being over.", gone.blobs.blobs)
    return True


async def _sweep_telemetry(platform: Platform) -> None:
    """Make place for the next days where this process keeps its telemetry, and let go of days that are over."""
    ports, now = platform.telemetry_ports, platform.clock.now()
    try:
        if ports.is_kept:
            await ports.retention.prepare(now)
        swept = await ports.retention.sweep(now)
    except TextNLPError as error:
        _LOG.warning("Telemetry whose time is over could not be dropped: %s", error.message)
        return
    if swept.dropped:
        _LOG.info("Dropped, its time being over: %s.", ", ".join(swept.dropped))
    if swept.crowded_out:
        _LOG.warning("Dropped before its time, there being too much telemetry: %s.", ", ".join(swept.crowded_out))

"""The timer that takes a backup every night."""

import logging

from textnlp.bootstrap.platform import Platform
from textnlp.domain.backups.schedule import seconds_until_due
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import BACKUPS_DATABASE

SETTLE_SECONDS = 300.0
"""How long after the start of the platform a night that was missed is made up, so that the start is not slowed down."""

_LOG = logging.getLogger(__name__)


async def serve_backups(platform: Platform) -> None:
    """Take a backup whenever that of the last night is missing, until cancelled; return where none are scheduled.

    Of several processes that do so one takes it, for whoever writes holds the lease of the place.
    """
    hold = platform.backups
    if hold is None or not hold.is_scheduled:
        return
    starts_at = TOPOLOGY.backup_policy(BACKUPS_DATABASE).starts_at or "00:00"
    await platform.clock.sleep(SETTLE_SECONDS)
    while True:
        try:
            made = await hold.keep_due()
        except TextNLPError as error:
            level = logging.INFO if error.kind is ErrorKind.CONFLICT else logging.WARNING
            _LOG.log(level, "The backup was not taken, and is tried again: %s", error.message)
        else:
            for each in made:
                _LOG.info("Backup %s is taken: %d bytes, %d of them new.", each.id, each.size_bytes, each.new_bytes)
        pause = min(float(TOPOLOGY.limits.sweep_interval_seconds), seconds_until_due(platform.clock.now(), starts_at))
        await platform.clock.sleep(max(1.0, pause))

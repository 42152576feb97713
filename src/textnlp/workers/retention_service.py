"""The timer that deletes versions of datasets whose time is over."""

import logging

from textnlp.bootstrap.dataset_runs import sweep_kept_datasets
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY

_LOG = logging.getLogger(__name__)


async def serve_retention(platform: Platform) -> None:
    """Look every few minutes, as the topology says, until cancelled; a database that is away is asked again later."""
    while True:
        try:
            deleted = await sweep_kept_datasets(platform)
        except TextNLPError as error:
            _LOG.warning("Datasets whose time is over could not be deleted: %s", error.message)
        else:
            if deleted:
                _LOG.info("%d versions of datasets were deleted, their time being over.", deleted)
        await platform.clock.sleep(TOPOLOGY.limits.sweep_interval_seconds)

"""A file of prompts that has arrived."""

import logging

from textnlp.application.take_in_blob import take_in_blob
from textnlp.domain.batches.model import BatchSpec
from textnlp.functions.hold import PlatformHold
from textnlp.topology.catalog import TOPOLOGY

_LOG = logging.getLogger(__name__)


async def start_batch(hold: PlatformHold, path: str) -> None:
    """Make a batch of the file at `path`, container first, and queue its slices.

    Raises `UNAVAILABLE` where a part is away, so that the host tries again.
    """
    platform = await hold.platform()
    batch = await take_in_blob(
        platform.batch_ports,
        path,
        spec=BatchSpec(model=platform.default_model, endpoint=platform.endpoint),
        open_source=platform.open_prompts,
        slice_rows=TOPOLOGY.limits.slice_rows,
    )
    if batch is None:
        _LOG.info("%s is gone; it was taken in or removed before.", path)
    else:
        _LOG.info("%s is %s of %s: %s.", path, batch.id, batch.state.value, batch.counts)

"""Do what an event from outside asks for: carry it on, or read the file of prompts that it tells of."""

import re
from collections.abc import Callable

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.route_events import route_event
from textnlp.application.submit_batch import submit_blob
from textnlp.domain.batches.model import Batch, BatchSpec
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.cloud_event import CloudEvent
from textnlp.topology.containers import PROMPTS_BATCH
from textnlp.topology.events import BLOB_CREATED

_AZURE_SUBJECT = re.compile(r"/blobServices/[^/]+/containers/(?P<container>[^/]+)/blobs/(?P<blob>.+)")
"""How a storage account names a blob; the platform's own form is `container/blob`."""


async def take_event(
    ports: BatchPorts, event: CloudEvent, *, spec: BatchSpec, on_batch: Callable[[Batch], None]
) -> bool:
    """Return whether the event was for the platform; one that it has seen before does nothing and counts as such.

    A blob under `prompts/batch/` becomes a batch by `spec`, which `on_batch` is handed to be read; the platform's own
    events go to the queues and topics that the topology's routes name. All other events are nobody's. A blob that is
    gone meanwhile is not read. Raises what queue, ledger and store raise.
    """
    if event.type != BLOB_CREATED:
        return await route_event(ports.queue, event) > 0
    path = blob_of(event.subject)
    if not path.startswith(f"{PROMPTS_BATCH}/"):
        return False
    try:
        blob = await ports.blobs.head(path)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return True
    batch = await submit_blob(ports, blob, spec=spec)
    if batch is not None:
        on_batch(batch)
    return True


def blob_of(subject: str) -> str:
    """Return the path of the blob that an event is about, its container first."""
    found = _AZURE_SUBJECT.fullmatch(subject)
    return subject.lstrip("/") if found is None else f"{found['container']}/{found['blob']}"

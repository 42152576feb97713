"""The events of a storage account, as Event Grid delivers them to the platform.

As documented at learn.microsoft.com/azure/event-grid/event-schema-blob-storage; Azurite tells of nothing itself.
"""

import uuid
from datetime import UTC, datetime

from tests.azure_loopback.caller import Caller
from textnlp.topology.events import BLOB_CREATED

_ACCOUNT = (
    "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/loopback"
    "/providers/Microsoft.Storage/storageAccounts/devstoreaccount1"
)


async def deliver_created(caller: Caller, path: str, *, trace_id: str) -> None:
    """Tell the platform that a blob was written, in a delivery of its own."""
    container, _, name = path.partition("/")
    event = {
        "id": str(uuid.uuid4()),
        "source": _ACCOUNT,
        "specversion": "1.0",
        "type": BLOB_CREATED,
        "subject": f"/blobServices/default/containers/{container}/blobs/{name}",
        "time": datetime.now(UTC).isoformat(),
        "data": {"api": "PutBlob", "contentType": "application/octet-stream", "blobType": "BlockBlob"},
    }
    answer = await caller.post("/api/v1/events/event-grid", [event], trace_id=trace_id)
    assert answer == {"taken": 1}

"""The progress of a batch, as it happens."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.batch_progress import progress_events
from textnlp.api.caller import ports_of
from textnlp.api.event_stream import EVENT_STREAM, event_stream
from textnlp.api.openapi import described
from textnlp.api.routes.batches import BATCHES
from textnlp.api.schemas.batch import BatchRead, ProgressRead
from textnlp.domain.identifiers import BatchId
from textnlp.topology.scopes import READ


@get(
    f"{BATCHES}/{{batch_id:str}}/events",
    summary="Follow a batch",
    opt=described(
        operation="follow_batch",
        grant=READ,
        media_type=EVENT_STREAM,
        media_example=ProgressRead.EXAMPLE,
        events={"progress": ProgressRead, "end": BatchRead},
    ),
)
async def follow(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Answer with an event `progress` at once and at every change, and `end` once the batch has ended.

    A reader that comes back with Last-Event-ID gets the present state first, as any other: nothing is missed.
    """
    ports = ports_of(request.scope)
    return event_stream(progress_events(ports, await ports.ledger.get(BatchId(batch_id))))

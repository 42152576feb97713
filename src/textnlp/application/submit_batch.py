"""Accept a file of prompts as a batch."""

import hashlib
from collections.abc import AsyncIterator

from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.batches.paths import output_prefix, requests_path, safe_name, upload_path
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import new_batch_id
from textnlp.domain.identity.tenant import LOCAL_OWNER, Owner
from textnlp.ports.blob_store import BlobInfo


async def submit_upload(
    ports: BatchPorts,
    data: AsyncIterator[bytes],
    *,
    name: str,
    spec: BatchSpec,
    owner: Owner = LOCAL_OWNER,
    max_bytes: int,
) -> Batch:
    """Store a file that is being sent, and make the batch for it in state `INGESTING`; it is `owner`'s.

    Raises `TOO_LARGE` as soon as more than `max_bytes` have come, and leaves nothing behind then.
    """
    now = ports.clock.now()
    batch_id = new_batch_id(now)
    path = upload_path(batch_id, name)
    digest = hashlib.sha256()
    size = 0
    async with ports.blobs.open_writer(path) as writer:
        async for piece in data:
            size += len(piece)
            if size > max_bytes:
                raise TextNLPError(
                    f"The file is larger than {max_bytes:,} bytes.",
                    kind=ErrorKind.TOO_LARGE,
                    facts=ErrorFacts(hint="Split it into several batches.", limit_name="max_upload_bytes"),
                )
            digest.update(piece)
            await writer.write(piece)
    batch = Batch(
        id=batch_id,
        name=safe_name(name),
        state=BatchState.INGESTING,
        spec=spec,
        created_at=now,
        tenant=owner.tenant,
        caller=owner.caller,
        source=path,
        source_sha256=digest.hexdigest(),
        requests_path=requests_path(batch_id),
        output_prefix=output_prefix(batch_id),
    )
    await ports.ledger.create(batch)
    return batch


async def submit_blob(ports: BatchPorts, blob: BlobInfo, *, spec: BatchSpec) -> Batch | None:
    """Make the batch for a blob that was put into the store, or return None when it has one.

    The same path with other bytes is another batch: the blob's etag is part of where the batch comes from.
    """
    source = f"{blob.path}@{blob.etag}"
    if await ports.ledger.find_by_source(source) is not None:
        return None
    now = ports.clock.now()
    batch_id = new_batch_id(now)
    batch = Batch(
        id=batch_id,
        name=safe_name(blob.path),
        state=BatchState.INGESTING,
        spec=spec,
        created_at=now,
        source=source,
        requests_path=requests_path(batch_id),
        output_prefix=output_prefix(batch_id),
    )
    try:
        await ports.ledger.create(batch)
    except TextNLPError as error:
        if error.kind is ErrorKind.CONFLICT:
            return None
        raise
    return batch

"""Store a file of a caller's."""

from collections.abc import AsyncIterator

from textnlp.application.job_ports import FilePorts
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.files.rules import checked_name, expiry_of, file_path
from textnlp.domain.identifiers import new_file_id
from textnlp.domain.identity.tenant import Owner


async def store_file(  # noqa: PLR0913  one argument a fact
    ports: FilePorts,
    data: AsyncIterator[bytes],
    *,
    name: str | None,
    purpose: FilePurpose,
    owner: Owner,
    max_bytes: int,
    expires_after_seconds: int | None = None,
) -> StoredFile:
    """Store a file as it comes, and list it; it is `owner`'s.

    Raises `INVALID_INPUT` for a name that is none and for an empty file, `TOO_LARGE` as soon as more than `max_bytes`
    have come. Nothing is left behind then.
    """
    now = ports.clock.now()
    file_id = new_file_id(now)
    name = checked_name(name)
    path = file_path(file_id, name)
    size_bytes = 0
    async with ports.blobs.open_writer(path) as writer:
        async for piece in data:
            size_bytes += len(piece)
            if size_bytes > max_bytes:
                raise TextNLPError(
                    f"The file is larger than {max_bytes:,} bytes.",
                    kind=ErrorKind.TOO_LARGE,
                    facts=ErrorFacts(hint="Split it into several.", limit_name="max_upload_bytes"),
                )
            await writer.write(piece)
        if not size_bytes:
            raise invalid_input("The file is empty.", field="file")
    file = StoredFile(
        id=file_id,
        name=name,
        purpose=purpose,
        size_bytes=size_bytes,
        blob_path=path,
        created_at=now,
        expires_at=expiry_of(purpose, created_at=now, seconds=expires_after_seconds),
        tenant=owner.tenant,
        caller=owner.caller,
    )
    try:
        await ports.catalog.add(file)
    except TextNLPError:
        await ports.blobs.delete(path)
        raise
    return file

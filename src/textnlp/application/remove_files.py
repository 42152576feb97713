"""Remove a file, or all that have expired."""

from datetime import timedelta

from textnlp.application.job_ports import FilePorts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import StoredFile
from textnlp.domain.identifiers import FileId
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.records import FILES


async def remove_file(ports: FilePorts, file_id: FileId) -> None:
    """Remove a file and its bytes; raise `NOT_FOUND` where there is none."""
    await _remove(ports, await ports.catalog.get(file_id))


async def remove_expired_files(ports: FilePorts) -> int:
    """Remove the files whose time is over, their own or that of the topology; return how many there were."""
    removed, days = 0, TOPOLOGY.record(FILES).retention_days
    older_than = None if days is None else ports.clock.now() - timedelta(days=days)
    while expired := await ports.catalog.expired(ports.clock.now(), older_than=older_than):
        for file in expired:
            try:
                await _remove(ports, file)
            except TextNLPError as error:
                if error.kind is not ErrorKind.NOT_FOUND:
                    raise
        removed += len(expired)
    return removed


async def _remove(ports: FilePorts, file: StoredFile) -> None:
    """Remove the bytes first: a file without bytes can be removed again, bytes without a file are found by nobody."""
    await ports.blobs.delete(file.blob_path)
    await ports.catalog.remove(file.id)

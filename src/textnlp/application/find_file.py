"""Find a file that has not expired."""

from textnlp.application.job_ports import FilePorts
from textnlp.domain.files.model import StoredFile
from textnlp.domain.files.rules import is_expired, no_such_file
from textnlp.domain.identifiers import FileId


async def find_file(ports: FilePorts, file_id: FileId) -> StoredFile:
    """Return a file; raise `NOT_FOUND` for one that is not there or has expired."""
    file = await ports.catalog.get(file_id)
    if is_expired(file, now=ports.clock.now()):
        raise no_such_file(file_id)
    return file

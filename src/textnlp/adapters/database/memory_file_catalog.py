"""The catalogue of files in memory, gone with the process."""

from collections.abc import Sequence
from datetime import datetime

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.files.rules import is_expired, no_such_file
from textnlp.domain.identifiers import FileId


class MemoryFileCatalog:
    """Satisfies the `FileCatalog` port."""

    def __init__(self, files: dict[FileId, StoredFile] | None = None, *, tenant: str | None = None) -> None:
        self._files = {} if files is None else files
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryFileCatalog":
        """Return the catalogue as one tenant sees it."""
        return MemoryFileCatalog(self._files, tenant=tenant)

    async def add(self, file: StoredFile) -> None:
        """Add a file."""
        if self._tenant not in {None, file.tenant}:
            raise TextNLPError(f"File {file.id} belongs to another tenant.", kind=ErrorKind.FORBIDDEN)
        if file.id in self._files:
            raise TextNLPError(f"There is a file {file.id} already.", kind=ErrorKind.CONFLICT)
        self._files[file.id] = file

    async def get(self, file_id: FileId) -> StoredFile:
        """Return a file."""
        file = self._files.get(file_id)
        if file is None or self._tenant not in {None, file.tenant}:
            raise no_such_file(file_id)
        return file

    async def page(
        self,
        *,
        at: datetime,
        purpose: FilePurpose | None = None,
        after: FileId | None = None,
        is_oldest_first: bool = False,
        limit: int = 100,
    ) -> Sequence[StoredFile]:
        """List files that have not expired."""
        mark = None if after is None else _age(await self.get(after))
        listed = [
            file
            for file in self._visible()
            if purpose in {None, file.purpose}
            and not is_expired(file, now=at)
            and (mark is None or (_age(file) > mark if is_oldest_first else _age(file) < mark))
        ]
        return sorted(listed, key=_age, reverse=not is_oldest_first)[:limit]

    async def expired(
        self, at: datetime, *, older_than: datetime | None = None, limit: int = 100
    ) -> Sequence[StoredFile]:
        """List files that have expired, or that are too old."""
        gone = [
            file
            for file in self._visible()
            if is_expired(file, now=at) or (older_than is not None and file.created_at < older_than)
        ]
        return sorted(gone, key=lambda file: (file.expires_at or at, file.id))[:limit]

    async def remove(self, file_id: FileId) -> None:
        """Remove a file."""
        await self.get(file_id)
        del self._files[file_id]

    def _visible(self) -> list[StoredFile]:
        return [file for file in self._files.values() if self._tenant in {None, file.tenant}]


def _age(file: StoredFile) -> tuple[datetime, FileId]:
    return file.created_at, file.id

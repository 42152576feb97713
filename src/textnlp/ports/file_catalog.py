"""The catalogue of files: whose they are, what they are for, and where their bytes lie."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.identifiers import FileId


class FileCatalog(Protocol):
    """Lists files; the bytes are the blob store's.

    A file that does not exist raises `NOT_FOUND`; a catalogue that cannot be reached raises `UNAVAILABLE`.
    """

    def for_tenant(self, tenant: str) -> "FileCatalog":
        """Return the catalogue as one tenant sees it: files of others are not there, whatever is asked."""
        ...

    async def add(self, file: StoredFile) -> None:
        """Add a file; raise `CONFLICT` when its id is there already, `FORBIDDEN` for another tenant's."""
        ...

    async def get(self, file_id: FileId) -> StoredFile:
        """Return a file, one that has expired too as long as it was not removed."""
        ...

    async def page(
        self,
        *,
        at: datetime,
        purpose: FilePurpose | None = None,
        after: FileId | None = None,
        is_oldest_first: bool = False,
        limit: int = 100,
    ) -> Sequence[StoredFile]:
        """List files that have not expired at `at`, newest first unless told otherwise, those after the file `after`.

        Raises `NOT_FOUND` when there is no file `after`.
        """
        ...

    async def expired(
        self, at: datetime, *, older_than: datetime | None = None, limit: int = 100
    ) -> Sequence[StoredFile]:
        """List files that have expired at `at`, the oldest expiry first, or that came before `older_than`."""
        ...

    async def remove(self, file_id: FileId) -> None:
        """Remove a file; raise `NOT_FOUND` where it is not there."""
        ...

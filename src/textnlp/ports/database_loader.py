"""An empty database that a backup is loaded into."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from textnlp.ports.database_dumper import TableShape


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFigures:
    """Rows of all batches by their state, and the batches whose counts do not agree with their rows.

    Attributes:
        unbalanced: ids, the first twenty.
    """

    batches: int
    input: int
    accepted: int
    rejected: int
    failed: int
    unbalanced: tuple[str, ...] = ()

    @property
    def pending(self) -> int:
        """Rows without an outcome."""
        return self.input - self.accepted - self.rejected - self.failed


class DatabaseLoad(Protocol):
    """What is loaded; nobody sees it before the end, and nothing is left of it where something fails.

    Raises `CONFLICT` for rows, tables or columns that the database does not take.
    """

    async def fill(self, table: TableShape, rows: AsyncIterator[bytes]) -> None:
        """Add rows, which come as bytes in PostgreSQL's text format, cut anywhere."""
        ...

    def rows(self, table: TableShape) -> AsyncIterator[bytes]:
        """Read back what a table holds, in the order in which it was filled, as bytes cut anywhere."""
        ...

    async def advance(self, sequences: Mapping[str, int]) -> None:
        """Let sequences go on after these numbers."""
        ...

    async def ledger(self) -> LedgerFigures:
        """Add up the ledger of batches from its rows, and hold that against what batches say."""
        ...


class DatabaseLoader(Protocol):
    """Loads a backup into a database in which there is nothing."""

    async def require_empty(self) -> None:
        """Return where the database holds nothing of the platform's; raise `CONFLICT` otherwise."""
        ...

    def loading(self, revision: str) -> AbstractAsyncContextManager[DatabaseLoad]:
        """Make the structure that the backup has, and load it in one transaction, committed when the block ends well.

        Raises `CONFLICT` for a structure that only a later version knows.
        """
        ...

    async def finish(self) -> Sequence[str]:
        """Bring the database to the structure of this version; return the revisions that were added."""
        ...

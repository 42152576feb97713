"""A database as it is at one moment, for a backup."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table by its name and the columns that are backed up, in their order."""

    name: str
    columns: tuple[str, ...]


class DatabaseDump(Protocol):
    """Reads the database as it was at one moment, whatever is committed meanwhile.

    Raises `UNAVAILABLE` when the database goes away.
    """

    @property
    def revision(self) -> str:
        """Tell which structure the database has."""
        ...

    async def tables(self) -> Sequence[TableShape]:
        """List all tables with data of the platform's, each after those it refers to."""
        ...

    def rows(self, table: TableShape) -> AsyncGenerator[bytes]:
        """Yield the rows of a table, each as a line of PostgreSQL's text format with its line feed."""
        ...

    async def sequences(self) -> Mapping[str, int]:
        """Return the last number that each sequence gave, at the moment or later; unused ones are left out."""
        ...

    def references(self) -> AsyncGenerator[bytes]:
        """Yield the paths of the blobs without which the platform could not go on, sorted, each with a line feed."""
        ...


class DatabaseDumper(Protocol):
    """Takes the database as it is at one moment."""

    def snapshot(self) -> AbstractAsyncContextManager[DatabaseDump]:
        """Open the database as it is; what was committed before is in it, and writers do not wait for it.

        Raises `UNAVAILABLE` when the database is away, `CONFLICT` where it has not the structure of this version.
        """
        ...

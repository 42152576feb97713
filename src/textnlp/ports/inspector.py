"""What an inspection reads of the database of a platform."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.inspection.model import (
    Balance,
    BatchFacts,
    BlobReference,
    Disagreement,
    Leftover,
    Schema,
    VersionReference,
)


class Inspector(Protocol):
    """Reads facts that must hold together, and changes nothing; a platform may be running meanwhile.

    Every page that is yielded is of one moment and bounded, however much is stored. Times are compared with `now`,
    the clock's. A database that cannot be reached raises `UNAVAILABLE`; one without tables has nothing to read, which
    `schema` tells.
    """

    async def schema(self) -> Schema:
        """Return the structure of the database."""
        ...

    def batches(self) -> AsyncGenerator[Sequence[BatchFacts]]:
        """Yield all batches, oldest first, with what their rows and the ledger of usage say."""
        ...

    def balances(self) -> AsyncGenerator[Sequence[Balance]]:
        """Yield the balances of validations and of jobs that have ended."""
        ...

    def rolled_up(self) -> AsyncGenerator[tuple[int, Sequence[Disagreement]]]:
        """Yield how many sums of an hour were compared with their calls, and those that differ, a day at a time."""
        ...

    async def budgets(self, now: datetime) -> tuple[int, Sequence[Disagreement]]:
        """Return how many budgets were compared with the calls of their present period, and those that differ."""
        ...

    async def leftovers(self, now: datetime) -> Sequence[Leftover]:
        """Return what should be gone or taken up again, a grace for timers included."""
        ...

    async def stranded(self) -> Sequence[Leftover]:
        """Return batches that are running and have pending rows that no message asks for.

        One that was begun this moment may be among them. Nothing where messages are not kept in this database.
        """
        ...

    def blob_references(self, now: datetime) -> AsyncGenerator[Sequence[BlobReference]]:
        """Yield the blobs that must be there for what is stored and has not expired."""
        ...

    def versions(self) -> AsyncGenerator[Sequence[VersionReference]]:
        """Yield the versions of datasets that were written and are not deleted, newest datasets first."""
        ...

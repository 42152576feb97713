"""Rows of the database that are kept no longer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class RowRetention(Protocol):
    """Removes records that ended long enough ago, of all tenants; a database that is away raises `UNAVAILABLE`."""

    @property
    def records(self) -> Sequence[str]:
        """Tell which kinds of records are removed here, by their names in the topology."""
        ...

    async def remove_before(self, record: str, moment: datetime, *, limit: int) -> Sequence[str]:
        """Remove at most `limit` records of a kind whose time began before `moment`; return what they are known by.

        What belongs to a record goes with it, all or nothing. A record that another process is at, and one that has
        not ended, stays. Raises `KeyError` for a kind that is not among `records`.
        """
        ...

"""Rows of the ledger in PostgreSQL that are blanked."""

from collections.abc import Sequence
from typing import LiteralString

from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.batches.model import RowOutcome
from textnlp.domain.batches.requests import PAYLOAD_HASH_BYTES
from textnlp.domain.identifiers import BatchId

_REPLACE: LiteralString = """
update batch_rows
set row_id = given.row_id, record = given.record, payload_hash = %(no_hash)s
from unnest(%(row_index)s::int4[], %(row_id)s::bytea[], %(record)s::bytea[]) as given (row_index, row_id, record)
where batch_key = (select batch_key from batches where id = %(batch_id)s)
    and batch_rows.row_index = given.row_index
"""


class PostgresLedgerErasure:
    """Satisfies the `LedgerErasure` port in one statement."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def replace(self, batch_id: BatchId, outcomes: Sequence[RowOutcome]) -> None:
        """Give rows their ids and records."""
        values = {
            "batch_id": batch_id,
            "no_hash": bytes(PAYLOAD_HASH_BYTES),
            "row_index": [outcome.row_index for outcome in outcomes],
            "row_id": [outcome.row_id.encode("utf-8", "surrogatepass") for outcome in outcomes],
            "record": [outcome.record for outcome in outcomes],
        }
        async with self._database.connection() as connection:
            await connection.execute(_REPLACE, values)

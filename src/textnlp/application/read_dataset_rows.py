"""Read the accepted rows of a version of a dataset, as rows that can be reviewed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textnlp.application.create_review import SourceRow
from textnlp.application.read_batch_rows import MAX_SOURCE_ROWS
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.row_query import MOST_ROWS, FoundRows, RowQuery
from textnlp.domain.datasets.written_columns import ROW_ID
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


async def read_dataset_rows(
    folder: Path, version: DatasetVersion, *, find_rows: Callable[[Path, RowQuery], FoundRows]
) -> list[SourceRow]:
    """Return the accepted rows of all splits in the order of the files; raises `TOO_LARGE` above 100,000 rows."""
    count = sum(version.splits.values())
    if count > MAX_SOURCE_ROWS:
        raise TextNLPError(
            f"Version {version.version} has {count:,} rows; a review is drawn from {MAX_SOURCE_ROWS:,} at most.",
            kind=ErrorKind.TOO_LARGE,
            facts=ErrorFacts(limit_name="review_source_rows"),
        )
    rows: list[SourceRow] = []
    after: int | None = 0
    while after is not None:
        found = await asyncio.to_thread(find_rows, folder, RowQuery(after=after, limit=MOST_ROWS))
        rows += [SourceRow(row_id=str(row.values.get(ROW_ID, "")), row=row.values) for row in found.rows]
        after = found.next_after
    return rows

"""The files that a finished version of a dataset leaves."""

from collections.abc import AsyncGenerator, Collection, Sequence
from pathlib import Path
from typing import Protocol

from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts, DatasetRow
from textnlp.domain.recipes.output import Output


class DatasetFiles(Protocol):
    """Writes versions of datasets, each whole or not at all, in memory that does not grow with the number of rows."""

    async def write(
        self,
        folder: Path,
        *,
        facts: DatasetFacts,
        output: Output,
        rows: AsyncGenerator[Sequence[DatasetRow]],
        dropped: Collection[str] = (),
    ) -> DatasetVersion:
        """Write the version that `folder` (named `v<version>`) is to hold, and sign it.

        `rows` are those of every fate, each id once; they come by candidate, which the files keep, and are closed in
        the end, whatever happens. Columns in `dropped` are left out of what accepted rows hold. What a killed process
        left is written anew.

        Raises `CONFLICT` where the version is there already, `INVALID_INPUT` for an export that lacks a column,
        before any row is lost, `INTERNAL` where the rows are not those that `facts` count, and `UNAVAILABLE` for a
        disk that is full or away. The folder then does not exist.
        """
        ...

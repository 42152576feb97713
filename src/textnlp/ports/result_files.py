"""The files that a finished batch leaves."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from textnlp.domain.batches.model import ResultFile, RowOutcome

GENERATIONS_JSONL = "generations.jsonl"
GENERATIONS_PARQUET = "generations.parquet"
ERRORS_JSONL = "errors.jsonl"
MANIFEST_JSON = "manifest.json"

RESULT_FILE_NAMES = (GENERATIONS_JSONL, GENERATIONS_PARQUET, ERRORS_JSONL, MANIFEST_JSON)
"""All files that a batch may leave; `errors.jsonl` only where rows were rejected or failed."""


class ResultFiles(Protocol):
    """Writes a batch's files, whole or not at all, in memory that does not grow with the number of rows.

    A store that is full or away raises `UNAVAILABLE`; writing the same batch again gives the same files.
    """

    async def write(self, prefix: str, outcomes: AsyncGenerator[Sequence[RowOutcome]]) -> list[ResultFile]:
        """Write the rows' files under `prefix`, and return them with their sizes and hashes.

        `outcomes` come in input order, which the files keep. A manifest that was there is removed first and an
        `errors.jsonl` for which there is no row any more last, so that a manifest never speaks of other files.
        `outcomes` is closed in the end, whatever happens.
        """
        ...

    async def write_manifest(self, prefix: str, manifest: Mapping[str, Any]) -> ResultFile:
        """Write the manifest, which says that the other files are complete; it stands for no row."""
        ...

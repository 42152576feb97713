"""Open what the rows of a recipe begin with."""

import asyncio
from pathlib import Path
from typing import BinaryIO

from textnlp.adapters.seed_files.csv_table import open_csv
from textnlp.adapters.seed_files.document import DOCUMENT_READERS, MAX_DOCUMENT_BYTES, cut_document
from textnlp.adapters.seed_files.found_file import FoundFile, find_blobs, find_local_files, open_found
from textnlp.adapters.seed_files.json_lines import open_json_lines
from textnlp.adapters.seed_files.parquet_table import open_parquet
from textnlp.adapters.seed_files.record import SeedRecord, TableReader
from textnlp.adapters.seed_files.row_fields import RowFields
from textnlp.adapters.seed_files.scratch import SeedScratch
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.seeds import SEED_COLUMNS, DocumentSeeds, RowSeeds
from textnlp.ports.blob_store import BlobStore

MAX_TABLE_BYTES = 32 << 30
"""Bytes of one file of rows."""

_BLOB = "blob:"
_TABLES: dict[str, TableReader] = {
    ".csv": open_csv,
    ".tsv": open_csv,
    ".jsonl": open_json_lines,
    ".ndjson": open_json_lines,
    ".parquet": open_parquet,
}


class SeedFileOpener:
    """Satisfies the `SeedOpener` port for files beside the recipe, blobs, and rows in the recipe.

    `is_confined` is for servers, where a recipe comes from a stranger: paths of files are refused, and only `blob:` and
    rows in the recipe are left.
    """

    def __init__(self, *, blobs: BlobStore | None = None, is_confined: bool = False) -> None:
        self._blobs = blobs
        self._is_confined = is_confined

    async def open(self, seeds: RowSeeds | DocumentSeeds, *, base: Path) -> SeedScratch:
        """Read all of `seeds` once, off the event loop, and return them for reading in any order."""
        scratch = await asyncio.to_thread(SeedScratch)
        try:
            if isinstance(seeds, DocumentSeeds):
                await self._fill_with_documents(scratch, seeds, base)
            else:
                await self._fill_with_rows(scratch, seeds, base)
        except BaseException:
            await scratch.aclose()
            raise
        return scratch

    async def _fill_with_rows(self, scratch: SeedScratch, seeds: RowSeeds, base: Path) -> None:
        fields = RowFields(seeds.fields)
        if seeds.path is None:
            records = [SeedRecord(row, {}) for row in seeds.rows or ()]
            await asyncio.to_thread(scratch.append, fields.watch(records, name="rows"))
        else:
            for file in await self._find(seeds.path, base, tuple(_TABLES), is_recursive=False):
                file.require_size(MAX_TABLE_BYTES)
                async with open_found(file, self._blobs) as opened:
                    await asyncio.to_thread(_append_table, scratch, fields, file, opened)
        await asyncio.to_thread(scratch.finish, fields.chosen())

    async def _fill_with_documents(self, scratch: SeedScratch, seeds: DocumentSeeds, base: Path) -> None:
        for file in await self._find(seeds.path, base, tuple(DOCUMENT_READERS), is_recursive=True):
            file.require_size(MAX_DOCUMENT_BYTES)
            async with open_found(file, self._blobs) as opened:
                await asyncio.to_thread(_append_document, scratch, seeds, file, opened)
        await asyncio.to_thread(scratch.finish, SEED_COLUMNS["documents"])

    async def _find(
        self,
        path: str,
        base: Path,
        suffixes: tuple[str, ...],
        *,
        is_recursive: bool,
    ) -> list[FoundFile]:
        if path.startswith(_BLOB):
            prefix = path.removeprefix(_BLOB)
            if self._blobs is None:
                raise _refused(f"There is no blob store here to read {path} from.", "Give the path of a file.")
            if not prefix:
                raise _refused("After 'blob:' a path in the blob store must follow.", None)
            return await find_blobs(prefix, self._blobs, suffixes=suffixes)
        if self._is_confined:
            raise _refused(
                "Files of the server cannot be seeds.",
                "Upload the file and write 'blob:' and its path, or give rows in the recipe.",
            )
        return await asyncio.to_thread(find_local_files, base / path, suffixes=suffixes, is_recursive=is_recursive)


def _append_table(scratch: SeedScratch, fields: RowFields, file: FoundFile, opened: BinaryIO) -> None:
    table = _TABLES[file.suffix](opened, file.name, fields.wanted)
    if table.header is not None:
        fields.add_header(table.header, name=file.name)
        scratch.append(table.records)
    else:
        scratch.append(fields.watch(table.records, name=file.name))


def _append_document(scratch: SeedScratch, seeds: DocumentSeeds, file: FoundFile, opened: BinaryIO) -> None:
    pages = DOCUMENT_READERS[file.suffix](opened, file.name)
    scratch.append(
        cut_document(
            pages,
            name=file.name,
            max_characters=seeds.chunk_characters,
            overlap_characters=seeds.overlap_characters,
        ),
    )


def _refused(message: str, hint: str | None) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field="seeds.path", hint=hint))

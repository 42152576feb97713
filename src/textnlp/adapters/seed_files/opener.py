"""Open what the rows of a recipe begin with."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from textnlp.adapters.seed_files.csv_seeds import open_csv
from textnlp.adapters.seed_files.document import DOCUMENT_READERS, MAX_DOCUMENT_BYTES, cut_document
from textnlp.adapters.seed_files.found_file import FilesWanted, FoundFile, find_blobs, find_local_files, open_found
from textnlp.adapters.seed_files.json_seeds import open_json_lines
from textnlp.adapters.seed_files.parquet_seeds import open_parquet
from textnlp.adapters.seed_files.record import SeedRecord, TableReader
from textnlp.adapters.seed_files.row_fields import RowFields
from textnlp.adapters.seed_files.scratch import SeedScratch
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.seeds import BLOB_SCHEME, SEED_COLUMNS, DocumentSeeds, RowSeeds
from textnlp.ports.blob_store import BlobStore

MAX_TABLE_BYTES = 32 << 30
"""Bytes of one file of rows."""

_PATH = "seeds.path"
_FAULTS_SHOWN = 5
_TABLES: dict[str, TableReader] = {
    ".csv": open_csv,
    ".tsv": open_csv,
    ".jsonl": open_json_lines,
    ".ndjson": open_json_lines,
    ".parquet": open_parquet,
}
_TABLES_WANTED = FilesWanted(suffixes=tuple(_TABLES), is_recursive=False)
_DOCUMENTS_WANTED = FilesWanted(suffixes=tuple(DOCUMENT_READERS), is_recursive=True)


class SeedFileOpener:
    """Satisfies the `SeedOpener` port for files beside the recipe, blobs, and rows in the recipe.

    Args:
        blobs: where `blob:` leads, all of which the recipe's author may read; none where it is None.
        is_confined: for servers, where a recipe comes from a stranger: paths of files are refused, and only `blob:`
            and rows in the recipe are left.
        scratch: the folder in which seeds are written aside; the system's one where it is None.
    """

    def __init__(
        self, *, blobs: BlobStore | None = None, is_confined: bool = False, scratch: Path | None = None
    ) -> None:
        self._blobs = blobs
        self._is_confined = is_confined
        self._scratch = scratch

    async def open(self, seeds: RowSeeds | DocumentSeeds, *, base: Path) -> SeedScratch:
        """Read all of `seeds` once, off the event loop, and return them for reading in any order.

        The first fault of a file of rows stops the reading. Documents are all read, so that one error names every one
        that cannot be.
        """
        scratch = await asyncio.to_thread(SeedScratch, self._scratch)
        try:
            if isinstance(seeds, DocumentSeeds):
                await self._fill_with_documents(scratch, seeds, base)
            else:
                await self._fill_with_rows(scratch, seeds, base)
            _require_seeds(scratch, seeds)
        except BaseException:
            await scratch.aclose()
            raise
        return scratch

    async def _fill_with_rows(self, scratch: SeedScratch, seeds: RowSeeds, base: Path) -> None:
        fields = RowFields(seeds.fields)
        if seeds.path is None:
            records = [SeedRecord(row, {}) for row in seeds.rows or ()]
            await asyncio.to_thread(scratch.append, fields.watch(records, name="seeds.rows"))
        else:
            blobs = self._blobs_for(seeds.path)
            for file in await _find(seeds.path, base, blobs, _TABLES_WANTED):
                file.require_size(MAX_TABLE_BYTES)
                async with open_found(file, blobs, aside=self._scratch) as opened:
                    await asyncio.to_thread(_append_table, scratch, fields, file, opened)
        await asyncio.to_thread(scratch.finish, fields.chosen())

    async def _fill_with_documents(self, scratch: SeedScratch, seeds: DocumentSeeds, base: Path) -> None:
        blobs = self._blobs_for(seeds.path)
        faults: list[TextNLPError] = []
        for file in await _find(seeds.path, base, blobs, _DOCUMENTS_WANTED):
            try:
                file.require_size(MAX_DOCUMENT_BYTES)
                async with open_found(file, blobs, aside=self._scratch) as opened:
                    await asyncio.to_thread(_append_document, scratch, seeds, file, opened)
            except TextNLPError as error:
                if error.facts.field != _PATH:
                    raise
                faults.append(error)
        if faults:
            raise _together(faults)
        await asyncio.to_thread(scratch.finish, SEED_COLUMNS["documents"])

    def _blobs_for(self, path: str) -> BlobStore | None:
        """Return the store that a path leads to, None for a file of this machine."""
        if path.startswith(BLOB_SCHEME):
            if self._blobs is None:
                raise _refused(f"There is no blob store here to read {path} from.", "Give the path of a file.")
            if path == BLOB_SCHEME:
                raise _refused("After 'blob:' a path in the blob store must follow.", None)
            return self._blobs
        if self._is_confined:
            raise _refused(
                "Files of the server cannot be seeds.",
                "Upload the file and write 'blob:' and its path, or give rows in the recipe.",
            )
        return None


async def _find(path: str, base: Path, blobs: BlobStore | None, wanted: FilesWanted) -> list[FoundFile]:
    if blobs is not None:
        return await find_blobs(path.removeprefix(BLOB_SCHEME), blobs, wanted)
    return await asyncio.to_thread(find_local_files, base / path, wanted)


def _append_table(scratch: SeedScratch, fields: RowFields, file: FoundFile, opened: BinaryIO) -> None:
    with _read_errors(file):
        table = _TABLES[file.suffix](opened, file.name, fields.wanted)
        if table.header is not None:
            fields.add_header(table.header, name=file.name)
            scratch.append(table.records)
        else:
            scratch.append(fields.watch(table.records, name=file.name))


def _append_document(scratch: SeedScratch, seeds: DocumentSeeds, file: FoundFile, opened: BinaryIO) -> None:
    with _read_errors(file):
        pieces = cut_document(
            DOCUMENT_READERS[file.suffix](opened, file.name),
            name=file.name,
            max_characters=seeds.chunk_characters,
            overlap_characters=seeds.overlap_characters,
        )
        scratch.append(pieces)


@contextmanager
def _read_errors(file: FoundFile) -> Generator[None]:
    try:
        yield
    except OSError as exc:
        raise _refused(f"{file.name} cannot be read to its end: {exc.strerror}.", None) from exc


def _require_seeds(scratch: SeedScratch, seeds: RowSeeds | DocumentSeeds) -> None:
    if not scratch.total:
        what = "is no text" if isinstance(seeds, DocumentSeeds) else "is no row"
        raise _refused(f"There {what} in {seeds.path}.", None)


def _together(faults: list[TextNLPError]) -> TextNLPError:
    """Make one error of those of several documents."""
    if len(faults) == 1:
        return faults[0]
    told = " ".join(fault.full_text for fault in faults[:_FAULTS_SHOWN])
    more = " …" if len(faults) > _FAULTS_SHOWN else ""
    return _refused(f"{len(faults):,} documents cannot be read. {told}{more}", "Mend them, or move them elsewhere.")


def _refused(message: str, hint: str | None) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=_PATH, hint=hint))

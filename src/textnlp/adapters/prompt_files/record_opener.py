"""Find out what kind of files hold rows, and read them one after the other."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from textnlp.adapters.prompt_files.json_records import JsonRecordArray, JsonRecordLines, TextRecordLines
from textnlp.adapters.prompt_files.limits import DEFAULT_LIMITS
from textnlp.adapters.prompt_files.table_records import CsvRecordTable, ParquetRecordTable
from textnlp.adapters.prompt_files.text_lines import READ_ERRORS, unreadable
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found
from textnlp.domain.validation.record import BadRecord, Record

_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".txt")
_DATA = "data"


class _Reader(Protocol):
    def rows(self) -> Iterator[tuple[int, dict[str, Any] | TextNLPError]]: ...


@dataclass(frozen=True, slots=True)
class RecordFiles:
    """Satisfies the `RecordSource` port."""

    name: str
    readers: tuple[tuple[str, _Reader], ...]
    size_bytes: int

    def records(self) -> Iterator[Record | BadRecord]:
        """Yield every row of every file."""
        number = 0
        for file, reader in self.readers:
            try:
                for line, row in reader.rows():
                    number += 1
                    if isinstance(row, TextNLPError):
                        yield BadRecord(number=number, file=file, line=line, message=row.full_text)
                    else:
                        yield Record(number=number, file=file, line=line, values=row)
            except READ_ERRORS as exc:
                raise unreadable(file, exc) from exc


def open_records(path: Path, *, numbers: Collection[str] = ()) -> RecordFiles:
    """Open a file or a folder; of a version of a dataset, its accepted rows.

    `numbers` are columns whose cells are numbers where they look like it, in files that have only texts.
    """
    if path.is_dir():
        files = _files_in(path)
        if not files:
            raise not_found(f"There are no files of rows in {path}; known are {', '.join(_ENDINGS)}.")
    elif path.is_file():
        files = [path]
    else:
        raise not_found(f"There is no file or folder {path}.")
    named = [(str(file.relative_to(path)) if file != path else file.name, file) for file in files]
    readers = tuple((name, _reader(file, name, numbers)) for name, file in named)
    return RecordFiles(path.name, readers, sum(file.stat().st_size for file in files))


def _files_in(folder: Path) -> list[Path]:
    """Return the files of rows under a folder; what JSON Lines say is not read again from Parquet beside it."""
    data = folder / _DATA
    root = data if (folder / "manifest.json").is_file() and data.is_dir() else folder
    found = sorted(
        file
        for file in root.rglob("*")
        if file.is_file() and _ending(file) in _ENDINGS and not any(part.startswith(".") for part in file.parts[1:])
    )
    lines = {file.with_suffix("") for file in found if file.suffix == ".jsonl"}
    return [file for file in found if file.suffix != ".parquet" or file.with_suffix("") not in lines]


def _reader(path: Path, name: str, numbers: Collection[str]) -> _Reader:
    ending = _ending(path)
    if ending in {".jsonl", ".ndjson"}:
        return JsonRecordLines(path, DEFAULT_LIMITS)
    if ending == ".json":
        return JsonRecordArray(path, name)
    if ending in {".csv", ".tsv"}:
        return CsvRecordTable(path, name, DEFAULT_LIMITS, numbers)
    if ending == ".parquet":
        return ParquetRecordTable(path, name)
    if ending == ".txt":
        return TextRecordLines(path, DEFAULT_LIMITS)
    raise TextNLPError(
        f"{name} ends in {ending or 'nothing'}, which is no kind of file with rows.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint=f"Known are {', '.join(_ENDINGS)}.", field="input"),
    )


def _ending(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix

"""Find out what kind of prompt file a file is, and open it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from textnlp.adapters.prompt_files.csv_table import CsvTable
from textnlp.adapters.prompt_files.json_lines import JsonLines
from textnlp.adapters.prompt_files.limits import DEFAULT_LIMITS
from textnlp.adapters.prompt_files.parquet_table import ParquetTable
from textnlp.adapters.prompt_files.plain_text import PlainText
from textnlp.adapters.prompt_files.seed_document import SeedDocument
from textnlp.adapters.prompt_files.text_lines import READ_ERRORS, open_bytes, unreadable
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input, not_found
from textnlp.domain.generation.model import NO_PARAMETERS, Parameters

_ENDINGS = (".json", ".jsonl", ".ndjson", ".txt", ".csv", ".tsv", ".parquet")
_BINARY_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT_BYTES = 4096
_ROWS_LOOKED_AT = 1000
_REASONS = 3


class _Reader(Protocol):
    def rows(self) -> Iterator[PromptRow | BadRow]: ...


@dataclass(slots=True)
class PromptFile:
    """Satisfies the `PromptSource` port for a file whose kind is known."""

    file_name: str
    reader: _Reader

    @property
    def name(self) -> str:
        """The id in the document where it is one with an id, else the file's name."""
        own = self.reader.document_id if isinstance(self.reader, SeedDocument) else None
        return own or self.file_name

    @property
    def parameters(self) -> Parameters:
        """Sampling parameters that the file gives for all its rows."""
        return self.reader.parameters if isinstance(self.reader, SeedDocument) else NO_PARAMETERS

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield every row in order; raise `INVALID_INPUT` before the first when the file begins with none to ask."""
        try:
            rows = self.reader.rows()
            first = list(islice(rows, _ROWS_LOOKED_AT))
            if len(first) < _ROWS_LOOKED_AT:
                self._require_usable(first)
            yield from chain(first, rows)
        except READ_ERRORS as exc:
            raise unreadable(self.file_name, exc) from exc

    def _require_usable(self, rows: list[PromptRow | BadRow]) -> None:
        if not rows:
            raise invalid_input(f"{self.file_name} holds no prompt.")
        bad = [row for row in rows if isinstance(row, BadRow)]
        if len(bad) == len(rows):
            reasons = " ".join(f"Line {row.line}: {row.message}" for row in bad[:_REASONS])
            raise TextNLPError(
                f"No row of {self.file_name} can be asked. {reasons}",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(line=bad[0].line, field=bad[0].field),
            )


def open_prompt_file(path: Path, *, name: str | None = None) -> PromptFile:
    """Open a file of prompts by the ending of its name, `.gz` after it or not.

    Raises `NOT_FOUND` for a missing file, and `INVALID_INPUT` for an ending that is not known and for a file that is
    not text although its ending says so.
    """
    if not path.is_file():
        raise not_found(f"There is no file {path}.")
    shown = name or path.name
    ending = Path(shown.lower().removesuffix(".gz")).suffix
    if ending not in _ENDINGS:
        raise TextNLPError(
            f"{shown} ends in {ending or 'nothing'}, which is no kind of prompt file.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=f"Known are {', '.join(_ENDINGS)}.", field="input"),
        )
    if ending != ".parquet":
        _require_text(path, shown)
    return PromptFile(shown, _reader(path, shown, ending))


def _reader(path: Path, shown: str, ending: str) -> _Reader:
    limits = DEFAULT_LIMITS
    if ending == ".json":
        return SeedDocument(path, shown, limits)
    if ending in {".jsonl", ".ndjson"}:
        return JsonLines(path, limits)
    if ending == ".txt":
        return PlainText(path, limits)
    return ParquetTable(path, shown, limits) if ending == ".parquet" else CsvTable(path, shown, limits)


def _require_text(path: Path, shown: str) -> None:
    try:
        with open_bytes(path) as file:
            beginning = file.read(_LOOKED_AT_BYTES)
    except READ_ERRORS as exc:
        raise unreadable(shown, exc) from exc
    if beginning.startswith(_BINARY_MARKS):
        raise invalid_input(f"{shown} is UTF-16; save it as UTF-8.", line=1)
    if beginning.startswith((b"PK\x03\x04", b"PAR1", b"%PDF")):
        raise invalid_input(f"{shown} is no text, whatever its ending says.", line=1)

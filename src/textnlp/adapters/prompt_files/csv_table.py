"""CSV: a row a record, with a column `prompt` or `messages`."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from textnlp.adapters.prompt_files.csv_records import UNDECODABLE, CsvRecord, CsvRecords
from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.rows import bad_row, read_row
from textnlp.adapters.prompt_files.sampling import PARAMETER_NAMES
from textnlp.adapters.prompt_files.table_columns import choose_columns
from textnlp.adapters.prompt_files.text_lines import open_bytes, read_lines
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import TextNLPError, invalid_input

_DELIMITERS = (",", ";", "\t")
_JSON_COLUMNS = frozenset({"messages", "parameters"})
_TEXT_COLUMNS = frozenset({"id", "prompt", "system", "model"})


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Reads a CSV file whose first line names the columns; the delimiter is a comma, a semicolon or a tab."""

    path: Path
    name: str
    limits: RowLimits

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order; raise `INVALID_INPUT` where no column holds the prompts."""
        with open_bytes(self.path) as file:
            lines = read_lines(file, max_bytes=self.limits.max_line_bytes)
            first = next((line for line in lines if line is None or not line.isspace()), None)
            delimiter = find_delimiter(first)
            records = iter(
                CsvRecords(
                    itertools.chain([first], lines),
                    delimiter=delimiter,
                    max_characters=self.limits.max_characters,
                ),
            )
            header = next(records, CsvRecord(line=1))
            if header.error is not None:
                raise invalid_input(f"The column names of {self.name} cannot be read: {header.error.message}", line=1)
            columns = choose_columns(header.cells, name=self.name)
            for index, record in enumerate(records):
                yield self._row(record, columns, len(header.cells), index)

    def _row(self, record: CsvRecord, columns: dict[str, int], width: int, index: int) -> PromptRow | BadRow:
        try:
            fields = _fields_of(record, columns, width)
        except TextNLPError as error:
            return bad_row(error, index=index, line=record.line)
        return read_row(fields, index=index, line=record.line, max_characters=self.limits.max_characters)


def find_delimiter(first: bytes | None) -> str:
    """Return the delimiter with which the first line has the most columns."""
    text = (first or b"").decode(errors=UNDECODABLE)

    def width(delimiter: str) -> int:
        nothing: list[str] = []
        try:
            header: list[str] = next(csv.reader([text], delimiter=delimiter), nothing)
        except csv.Error:
            return 0
        return len(header)

    return max(_DELIMITERS, key=width)


def _fields_of(record: CsvRecord, columns: dict[str, int], width: int) -> dict[str, Any]:
    if record.error is not None:
        raise record.error
    cells = record.cells
    if len(cells) > width:
        raise invalid_input(
            f"The row has {len(cells)} cells, the header {width}: put cells with a delimiter in them into quotes.",
        )
    for cell in cells:
        if not cell.isascii():
            require_utf8(cell)
    fields = {name: _value_of(name, cells[place]) for name, place in columns.items() if place < len(cells)}
    if fields.get("prompt") is None and fields.get("messages") is None and "prompt" in columns:
        # An empty cell is an empty prompt rather than none.
        fields["prompt"] = ""
    return fields


def _value_of(name: str, cell: str) -> Any:
    if not cell:
        return None
    if name in _TEXT_COLUMNS:
        return cell
    if name in _JSON_COLUMNS or (name == "stop" and cell.startswith("[")):
        try:
            return msgspec.json.decode(cell)
        except (msgspec.DecodeError, RecursionError) as exc:
            raise invalid_input(f"The cell of {name} is not valid JSON: {exc}.", field=name) from exc
    return number_of(cell) if name in PARAMETER_NAMES and name != "stop" else cell


def number_of(cell: str) -> int | float | str:
    """Return the number that a cell is, or the cell."""
    for number in (int, float):
        try:
            return number(cell)
        except ValueError:
            continue
    return cell


def require_utf8(cell: str) -> None:
    """Raise `INVALID_INPUT` for a cell with bytes that are no UTF-8."""
    try:
        cell.encode()
    except UnicodeEncodeError as exc:
        byte = ord(exc.object[exc.start]) & 0xFF
        raise invalid_input(f"The row is not valid UTF-8: byte {byte:#04x}.") from exc

"""Rows of any fields, as CSV or Parquet."""

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from textnlp.adapters.prompt_files.csv_records import CsvRecord, CsvRecords
from textnlp.adapters.prompt_files.csv_table import find_delimiter, number_of, require_utf8
from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.parquet_table import values_of
from textnlp.adapters.prompt_files.text_lines import not_utf8, open_bytes, read_lines, unreadable
from textnlp.domain.errors import TextNLPError, invalid_input

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class CsvRecordTable:
    """A CSV file whose first line names the columns; the delimiter is a comma, a semicolon or a tab.

    Values are texts as they are written, so that 00501 stays a postcode, but for the columns named in `numbers`. An
    empty cell is null.
    """

    path: Path
    name: str
    limits: RowLimits
    numbers: Collection[str] = ()

    def rows(self) -> Iterator[tuple[int, dict[str, Any] | TextNLPError]]:
        """Yield each row, or why it is none, with the line on which it begins."""
        with open_bytes(self.path) as file:
            lines = read_lines(file, max_bytes=self.limits.max_line_bytes)
            first = next((line for line in lines if line is None or not line.isspace()), None)
            records = iter(
                CsvRecords(
                    itertools.chain([first], lines),
                    delimiter=find_delimiter(first),
                    max_characters=self.limits.max_characters,
                )
            )
            header = next(records, CsvRecord(line=1))
            if header.error is not None:
                raise invalid_input(f"The column names of {self.name} cannot be read: {header.error.message}", line=1)
            names = [cell.strip() for cell in header.cells]
            for record in records:
                yield record.line, self._row(record, names)

    def _row(self, record: CsvRecord, names: list[str]) -> dict[str, Any] | TextNLPError:
        if record.error is not None:
            return record.error
        if len(record.cells) > len(names):
            message = f"The row has {len(record.cells)} cells, the header {len(names)}"
            return invalid_input(f"{message}: put cells with a delimiter in them into quotes.")
        try:
            for cell in record.cells:
                if not cell.isascii():
                    require_utf8(cell)
        except TextNLPError as error:
            return error
        cells = itertools.zip_longest(names, record.cells)
        return {name: (number_of(cell) if name in self.numbers else cell) if cell else None for name, cell in cells}


@dataclass(frozen=True, slots=True)
class ParquetRecordTable:
    """A Parquet file, read a thousand rows at a time; a row's line is its 1-based position."""

    path: Path
    name: str

    def rows(self) -> Iterator[tuple[int, dict[str, Any] | TextNLPError]]:
        """Yield each row, or why it is none, with its place; raise `INVALID_INPUT` for what is no Parquet file."""
        import pyarrow as pa  # noqa: PLC0415  sixty megabytes that only this format needs
        import pyarrow.parquet as pq  # noqa: PLC0415  as above

        arrow, parquet = cast("Any", pa), cast("Any", pq)
        place = 0
        try:
            with parquet.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                    names: list[str] = batch.schema.names
                    for values in zip(*(values_of(column) for column in batch.columns), strict=True):
                        place += 1
                        yield place, _plain(dict(zip(names, values, strict=True)))
        except arrow.ArrowException as exc:
            raise unreadable(self.name, exc) from exc


def _plain(row: dict[str, Any]) -> dict[str, Any] | TextNLPError:
    fault = next((value for value in row.values() if isinstance(value, UnicodeDecodeError)), None)
    return row if fault is None else not_utf8(fault)

"""Parquet: a row a record, with a column `prompt` or `messages`."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.rows import bad_row, read_row
from textnlp.adapters.prompt_files.table_columns import choose_columns
from textnlp.adapters.prompt_files.text_lines import decode_text, unreadable
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import TextNLPError, invalid_input

_ROWS_AT_ONCE = 1000
_WITH_JSON = frozenset({"messages", "parameters", "stop"})


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """Reads a Parquet file a thousand rows at a time; a row's line is its 1-based position."""

    path: Path
    name: str
    limits: RowLimits

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order; raise `INVALID_INPUT` where no column holds the prompts or the file is damaged."""
        import pyarrow.parquet as pq  # noqa: PLC0415  takes a quarter of a second, which other formats need not pay

        parquet: Any = pq
        try:
            with parquet.ParquetFile(self.path) as file:
                names: list[str] = file.schema_arrow.names
                columns = choose_columns(names, name=self.name)
                self._require_texts(file.schema_arrow, names, columns)
                wanted = {names[place]: field for field, place in columns.items()}
                index = 0
                for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=list(wanted)):
                    for record in _records_of(batch):
                        yield self._row({wanted[name]: value for name, value in record.items()}, index)
                        index += 1
        except ValueError as exc:
            # ArrowInvalid is one.
            raise unreadable(self.name, exc) from exc

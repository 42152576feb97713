"""Parquet: a row a record, with a column `prompt` or `messages`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.rows import read_row
from textnlp.adapters.prompt_files.table_columns import choose_columns
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import invalid_input

_ROWS_A_BATCH = 2000


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """Reads a Parquet file, two thousand rows at a time."""

    path: Path
    name: str
    limits: RowLimits

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order; raise `INVALID_INPUT` for what is no Parquet file or has no prompts."""
        import pyarrow  # noqa: PLC0415  sixty megabytes that only this format needs
        from pyarrow import parquet  # noqa: PLC0415  as above

        library: Any = pyarrow
        try:
            file: Any = parquet.ParquetFile(self.path)
        except (library.ArrowException, OSError) as exc:
            raise invalid_input(f"{self.name} is no Parquet file: {exc}") from exc
        with file:
            names: list[str] = file.schema_arrow.names
            columns = choose_columns(names, name=self.name)
            wanted = {field: names[place] for field, place in columns.items()}
            index = 0
            for batch in file.iter_batches(batch_size=_ROWS_A_BATCH, columns=list(wanted.values())):
                for record in batch.to_pylist():
                    fields = {field: record[name] for field, name in wanted.items() if record[name] is not None}
                    yield read_row(fields, index=index, line=index + 1, max_characters=self.limits.max_characters)
                    index += 1

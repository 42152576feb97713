"""Where every row is from, as a Parquet file in which one row is found quickly."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from textnlp.adapters.dataset_files.unfinished_folder import HashedFile
from textnlp.domain.datasets.model import DatasetRow

_ROWS_A_GROUP = 2_000


class LineageTable:
    """Takes rows one by one; row groups are small and know their lowest and highest candidate."""

    def __init__(self, sink: HashedFile) -> None:
        import pyarrow as pa  # noqa: PLC0415  sixty megabytes that are needed only at the end of a run
        import pyarrow.parquet as pq  # noqa: PLC0415  as above

        self._arrow: Any = pa
        parquet: Any = pq
        arrow = self._arrow
        texts = [(name, arrow.string()) for name in ("fate", "file", "seed", "cells")]
        numbers = [("candidate", arrow.int64()), ("item", arrow.int64()), ("offset", arrow.int64())]
        self._schema = arrow.schema([("id", arrow.string()), *numbers, *texts])
        self._sink = sink
        self._writer = parquet.ParquetWriter(sink, self._schema, compression="zstd")
        self._waiting: list[dict[str, Any]] = []
        self._sink.rows = 0

    def add(self, row: DatasetRow, *, file: str, offset: int) -> None:
        """Add a row whose line begins at `offset` of `file`."""
        self._waiting.append(
            {
                "id": row.id,
                "candidate": row.candidate,
                "item": row.item,
                "offset": offset,
                "fate": row.fate.value,
                "file": file,
                "seed": None if row.seed is None else msgspec.json.encode(row.seed, enc_hook=str).decode(),
                "cells": msgspec.json.encode(row.cells, enc_hook=str).decode(),
            }
        )
        if len(self._waiting) >= _ROWS_A_GROUP:
            self._write_group()

    def close(self) -> None:
        """End the file."""
        self._write_group()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the file, whatever is in it; nothing happens after `close`."""
        with contextlib.suppress(OSError):
            self._writer.close()

    def _write_group(self) -> None:
        if self._waiting:
            self._writer.write_table(self._arrow.Table.from_pylist(self._waiting, schema=self._schema))
            self._sink.rows = (self._sink.rows or 0) + len(self._waiting)
            self._waiting.clear()


def lineage_groups(path: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield what the file says of all rows, a row group at a time."""
    import pyarrow.parquet as pq  # noqa: PLC0415  as above

    parquet: Any = pq
    with parquet.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group).to_pylist()


def find_lineage(path: Path, *, candidate: int, item: int) -> Mapping[str, Any] | None:
    """Return what the file says of one row, reading the row groups that may hold it; None where it has none."""
    import pyarrow.parquet as pq  # noqa: PLC0415  as above

    parquet: Any = pq
    with parquet.ParquetFile(path) as file:
        place = file.schema_arrow.get_field_index("candidate")
        for group in range(file.num_row_groups):
            bounds = file.metadata.row_group(group).column(place).statistics
            if bounds is not None and bounds.has_min_max and not bounds.min <= candidate <= bounds.max:
                continue
            keys = file.read_row_group(group, columns=["candidate", "item"]).to_pydict()
            for index, key in enumerate(zip(keys["candidate"], keys["item"], strict=True)):
                if key == (candidate, item):
                    return file.read_row_group(group).slice(index, 1).to_pylist()[0]
    return None

"""Lines of JSON as Parquet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from textnlp.adapters.dataset_files.json_lines import read_pages
from textnlp.adapters.dataset_files.unfinished_folder import HashedFile
from textnlp.domain.datasets.column_type import BOOLEAN, NUMBER, WHOLE, ColumnType, TypeKind


def write_parquet(lines: Path, sink: HashedFile, *, columns: Mapping[str, ColumnType]) -> None:
    """Write the rows of a JSON Lines file as a Parquet file, some thousand rows a row group.

    `columns` must hold every value (see `column_type`); a field that a row lacks is null.
    """
    import pyarrow as pa  # noqa: PLC0415  sixty megabytes that are needed only at the end of a run
    import pyarrow.parquet as pq  # noqa: PLC0415  as above

    arrow: Any = pa
    parquet: Any = pq
    schema = arrow.schema([(name, _arrow_type(arrow, column)) for name, column in columns.items()])
    sink.rows = 0
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for page in read_pages(lines):
            arrays = [
                arrow.array(_cells(page, name, column), type=schema.field(name).type)
                for name, column in columns.items()
            ]
            writer.write_table(arrow.table(arrays, schema=schema))
            sink.rows += len(page)


def _cells(page: list[dict[str, Any]], name: str, column: ColumnType) -> list[Any]:
    cells = [row.get(name) for row in page]
    if column.kind is not TypeKind.JSON:
        return cells
    return [None if cell is None else msgspec.json.encode(cell).decode() for cell in cells]


def _arrow_type(arrow: Any, column: ColumnType) -> Any:
    if column.item is not None:
        return arrow.list_(_arrow_type(arrow, column.item))
    if column.kind is TypeKind.OBJECT:
        return arrow.struct([(name, _arrow_type(arrow, field)) for name, field in column.fields])
    scalars = {BOOLEAN.kind: arrow.bool_(), WHOLE.kind: arrow.int64(), NUMBER.kind: arrow.float64()}
    scalars[TypeKind.WIDE] = arrow.int64()
    return scalars.get(column.kind, arrow.string())

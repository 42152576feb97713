"""A version's accepted rows in further forms."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from textnlp.adapters.dataset_files.json_lines import encode_line, read_pages
from textnlp.adapters.dataset_files.unfinished_folder import HashedFile, UnfinishedFolder
from textnlp.domain.datasets.export_plan import ExportPlan
from textnlp.domain.datasets.export_record import Unfit, export_record
from textnlp.domain.datasets.layout import table_path

SKIPPED = "skipped.jsonl"


def write_export(
    plan: ExportPlan, *, version: Path, splits: Mapping[str, int], folder: UnfinishedFolder, prefix: str = ""
) -> int:
    """Write the accepted rows of the version in folder `version` under `prefix`, and return how many did not fit.

    A file a split; rows that do not fit are listed with the reason in `skipped.jsonl`.
    """
    if plan.format == "huggingface":
        for split in splits:
            with folder.open(prefix + table_path(split)) as sink:
                _select(version / table_path(split), sink, sources=plan.sources)
        return 0
    write = _write_table if plan.format == "csv" else _write_records
    ending = "csv" if plan.format == "csv" else "jsonl"
    skipped: HashedFile | None = None
    for split in splits:

        def skip(row_id: str, reason: str, *, split: str = split) -> None:
            nonlocal skipped
            skipped = skipped or folder.start(prefix + SKIPPED)
            skipped.add(encode_line({"id": row_id, "split": split, "reason": reason}))

        with folder.open(f"{prefix}{split}.{ending}") as sink:
            sink.rows = 0
            write(plan, version / "data" / f"{split}.jsonl", sink, skip)
    if skipped is None:
        return 0
    folder.end(prefix + SKIPPED, skipped)
    return skipped.rows or 0


def _write_records(plan: ExportPlan, lines: Path, sink: HashedFile, skip: Callable[[str, str], None]) -> None:
    for page in read_pages(lines):
        for row in page:
            try:
                record = export_record(plan, row)
            except Unfit as exc:
                skip(row["id"], str(exc))
            else:
                sink.add(encode_line(record))


def _write_table(plan: ExportPlan, lines: Path, sink: HashedFile, _skip: Callable[[str, str], None]) -> None:
    """Write RFC 4180 with a header: lists and objects as JSON, null as nothing."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(plan.sources)
    for page in read_pages(lines):
        writer.writerows([_cell(value) for value in export_record(plan, row).values()] for row in page)
        sink.add(buffer.getvalue().encode(), rows=len(page))
        buffer.seek(0)
        buffer.truncate()
    sink.write(buffer.getvalue().encode())


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def _select(table: Path, sink: HashedFile, *, sources: Mapping[str, str]) -> None:
    """Copy columns of a Parquet file under the names of fields."""
    import pyarrow as pa  # noqa: PLC0415  sixty megabytes that are needed only at the end of a run
    import pyarrow.parquet as pq  # noqa: PLC0415  as above

    arrow: Any = pa
    parquet: Any = pq
    sink.rows = 0
    with parquet.ParquetFile(table) as file:
        schema = arrow.schema([file.schema_arrow.field(column).with_name(field) for field, column in sources.items()])
        with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
            for group in range(file.num_row_groups):
                rows = file.read_row_group(group, columns=list(sources.values()))
                writer.write_table(arrow.table([rows[column] for column in sources.values()], schema=schema))
                sink.rows += rows.num_rows

"""Whether files of datasets name a person, and Parquet without the rows that do."""

import io
from pathlib import Path
from typing import Any, cast

from textnlp.adapters.dataset_files.unfinished_folder import disk_errors
from textnlp.domain.erasure.terms import LONGEST_FORM_BYTES, SearchTerms
from textnlp.domain.errors import invalid_input

_READ_AT_ONCE = 1 << 20
_ROWS_AT_ONCE = 5_000


def names_person(folder: Path, terms: SearchTerms) -> bool:
    """Tell whether any file of a version names the person; tables are looked into, not at."""
    with disk_errors(folder):
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return any((_is_in_table if path.suffix == ".parquet" else _is_in_file)(path, terms) for path in files)


def redact_table(data: bytes, terms: SearchTerms) -> bytes | None:
    """Return a Parquet file without the rows that name the person, or None where none does.

    Raises `INVALID_INPUT` for bytes that are no such file.
    """
    try:
        return _without_rows(data, terms)
    except (OSError, ValueError) as exc:
        raise invalid_input(f"This is no Parquet file: {exc}") from exc


def _without_rows(data: bytes, terms: SearchTerms) -> bytes | None:
    import pyarrow as pa  # noqa: PLC0415  sixty megabytes that are seldom needed
    import pyarrow.parquet as pq  # noqa: PLC0415  as above

    arrow, parquet, sink = cast("Any", pa), cast("Any", pq), io.BytesIO()
    removed = 0
    with (
        parquet.ParquetFile(io.BytesIO(data)) as file,
        parquet.ParquetWriter(sink, file.schema_arrow, compression="zstd") as writer,
    ):
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
            kept = [not _is_in(row, terms) for row in batch.to_pylist()]
            removed += kept.count(False)
            writer.write_batch(batch.filter(arrow.array(kept, type=arrow.bool_())))
    return sink.getvalue() if removed else None


def _is_in_file(path: Path, terms: SearchTerms) -> bool:
    before = b""
    with path.open("rb") as file:
        while piece := file.read(_READ_AT_ONCE):
            if terms.are_in(before + piece):
                return True
            before = (before + piece)[-LONGEST_FORM_BYTES:]
    return False


def _is_in_table(path: Path, terms: SearchTerms) -> bool:
    import pyarrow.parquet as pq  # noqa: PLC0415  as above

    parquet = cast("Any", pq)
    with parquet.ParquetFile(path) as file:
        return any(_is_in(row, terms) for batch in file.iter_batches(_ROWS_AT_ONCE) for row in batch.to_pylist())


def _is_in(value: Any, terms: SearchTerms) -> bool:
    if isinstance(value, str):
        return terms.are_in_text(value)
    if isinstance(value, bytes):
        return terms.are_in(value)
    if isinstance(value, dict):
        return any(_is_in(item, terms) for pair in cast("dict[Any, Any]", value).items() for item in pair)
    if isinstance(value, list | tuple):
        return any(_is_in(item, terms) for item in cast("list[Any]", value))
    return False

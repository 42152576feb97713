"""Parquet: a row a record, its values as JSON would have them."""

import base64
import datetime as dt
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO, cast

from textnlp.adapters.seed_files.record import SeedRecord, SeedTable
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_ROWS_AT_ONCE = 1000
_BUFFER_BYTES = 1 << 20
_PLAIN = frozenset({str, int, bool, type(None)})


def open_parquet(file: BinaryIO, name: str, wanted: frozenset[str] | None) -> SeedTable:
    """Open a Parquet file, read a thousand rows at a time; a row's line is its 1-based position.

    Dates and times become ISO 8601 to the microsecond, spans of time seconds, decimals numbers, NaN and infinities
    null, bytes text where they are UTF-8 and else base64. What is no Parquet file, breaks off, or has a column twice,
    is `INVALID_INPUT`.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  sixty megabytes that only this format needs

    try:
        parquet = cast("Any", pq).ParquetFile(file, buffer_size=_BUFFER_BYTES)
        header = tuple(cast("list[str]", parquet.schema_arrow.names))
    except Exception as exc:
        raise _unreadable(name, exc) from exc
    twice = next((field for place, field in enumerate(header) if field in header[:place]), None)
    if twice is not None:
        raise _unreadable(name, f"the column {twice!r} is there twice")
    columns = [field for field in header if wanted is None or field in wanted]
    return SeedTable(header, _rows(parquet, columns, name))


def _rows(parquet: Any, columns: list[str], name: str) -> Iterator[SeedRecord]:
    line = 0
    batches = parquet.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns)
    while (batch := _next_batch(batches, name)) is not None:
        # The file has its own order of columns, and a batch of none still has rows, which zip would lose.
        values = [_values_of(batch.column(field), field, name) for field in columns]
        for row in zip(*values, strict=True) if values else [()] * batch.num_rows:
            line += 1
            yield SeedRecord(dict(zip(columns, row, strict=True)), {"file": name, "line": line})


def _next_batch(batches: Any, name: str) -> Any:
    try:
        return next(batches, None)
    except Exception as exc:
        raise _unreadable(name, exc) from exc


def _values_of(column: Any, field: str, name: str) -> list[Any]:
    import pyarrow as pa  # noqa: PLC0415  as above

    arrow = cast("Any", pa)
    try:
        if arrow.types.is_timestamp(column.type) and column.type.unit == "ns":
            # Python's own types end at microseconds.
            column = column.cast(arrow.timestamp("us", tz=column.type.tz), safe=False)
        return [_as_json(value) for value in column.to_pylist(maps_as_pydicts="lossy")]
    except Exception as exc:
        raise _unreadable(name, f"column {field!r}: {exc}") from exc


def _as_json(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _as_json(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in cast("list[Any]", value)]
    return _as_text_or_number(value)


def _as_text_or_number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _as_json(float(value)) if value % 1 else int(value)
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return str(value)


def _unreadable(name: str, reason: object) -> TextNLPError:
    return TextNLPError(
        f"{name} cannot be read as Parquet: {reason}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.path", hint="Copy it again; it may be cut off or damaged."),
    )

"""Parquet: a row a record, with a column `prompt` or `messages`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.rows import bad_row, read_row
from textnlp.adapters.prompt_files.table_columns import choose_columns
from textnlp.adapters.prompt_files.text_lines import decode_text, not_utf8, unreadable
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import TextNLPError, invalid_input

_ROWS_AT_ONCE = 1000
_MAYBE_JSON = frozenset({"messages", "parameters", "stop"})
_TEXT_TYPES = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "null")


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """Reads a Parquet file a thousand rows at a time; a row's line is its 1-based position.

    Types may be those that pandas writes: NaN counts as not given, 7.0 as 7 where a whole number belongs.
    `messages`, `parameters` and `stop` are nested columns, or texts with JSON in them.
    """

    path: Path
    name: str
    limits: RowLimits

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order; raise `INVALID_INPUT` for what is no Parquet file or has no prompts."""
        import pyarrow as pa  # noqa: PLC0415  sixty megabytes that only this format needs
        import pyarrow.parquet as pq  # noqa: PLC0415  as above

        arrow, parquet = cast("Any", pa), cast("Any", pq)
        try:
            with parquet.ParquetFile(self.path) as file:
                schema = file.schema_arrow
                names: list[str] = schema.names
                columns = choose_columns(names, name=self.name)
                if "prompt" in columns:
                    self._require_text(schema.field(columns["prompt"]).type, arrow)
                wanted = {names[place]: field for field, place in columns.items()}
                index = 0
                for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=list(wanted)):
                    for fields in _records_of(batch, wanted):
                        yield self._row(fields, index)
                        index += 1
        except arrow.ArrowException as exc:
            raise unreadable(self.name, exc) from exc

    def _require_text(self, kind: Any, arrow: Any) -> None:
        value_kind = kind.value_type if arrow.types.is_dictionary(kind) else kind
        if str(value_kind) not in _TEXT_TYPES:
            raise invalid_input(f"The column 'prompt' of {self.name} holds {kind}, not text.", field="prompt")

    def _row(self, fields: Mapping[str, Any], index: int) -> PromptRow | BadRow:
        try:
            plain = {name: _plain(name, value) for name, value in fields.items()}
        except TextNLPError as error:
            return bad_row(error, index=index, line=index + 1)
        return read_row(plain, index=index, line=index + 1, max_characters=self.limits.max_characters)


def _records_of(batch: Any, wanted: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the records of a batch by the names of our fields."""
    fields = [wanted[name] for name in batch.schema.names]
    for values in zip(*(values_of(column) for column in batch.columns), strict=True):
        yield dict(zip(fields, values, strict=True))


def values_of(column: Any) -> list[Any]:
    """Return a column's values; one that is no UTF-8 becomes the error that says so."""
    try:
        return column.to_pylist()
    except UnicodeDecodeError:
        return [_value_of(scalar) for scalar in column]


def _value_of(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as exc:
        return exc


def _plain(name: str, value: Any) -> Any:
    """Return a value as the JSON of the same row would give it."""
    if isinstance(value, UnicodeDecodeError):
        raise not_utf8(value)
    if isinstance(value, float):
        is_number = value == value  # noqa: PLR0124  NaN alone differs from itself
        return None if not is_number else int(value) if name == "id" and value.is_integer() else value
    if isinstance(value, bytes):
        value = decode_text(value)
    if name not in _MAYBE_JSON:
        return value
    if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}:
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError) as exc:
            raise invalid_input(f"The text in {name} is not valid JSON: {exc}.", field=name) from exc
    if name == "parameters" and isinstance(value, list):
        # A map arrives as its pairs.
        return dict(cast("list[tuple[str, Any]]", value))
    return value

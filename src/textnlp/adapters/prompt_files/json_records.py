"""Rows of any fields, as JSON Lines or as an array."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from textnlp.adapters.prompt_files.json_rows import json_fault
from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.text_lines import decode_text, not_utf8, open_bytes, read_lines, too_long
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input

_ANYTHING = msgspec.json.Decoder()
_MOST_ARRAY_BYTES = 256 << 20
TEXT = "text"
"""The column of rows that are a text alone."""


@dataclass(frozen=True, slots=True)
class JsonRecordLines:
    """A file of JSON Lines: objects, or texts; blank lines are no rows."""

    path: Path
    limits: RowLimits

    def rows(self) -> Iterator[tuple[int, dict[str, Any] | TextNLPError]]:
        """Yield each row, or why it is none, with its line."""
        with open_bytes(self.path) as file:
            for number, line in enumerate(read_lines(file, max_bytes=self.limits.max_line_bytes), start=1):
                if line is None:
                    yield number, too_long(self.limits.max_line_bytes)
                elif not line.isspace():
                    yield number, _read_object(line)


@dataclass(frozen=True, slots=True)
class JsonRecordArray:
    """A file of JSON whose value is an array of objects, or has one under a single key; 256 MiB at most."""

    path: Path
    name: str

    def rows(self) -> Iterator[tuple[int, dict[str, Any] | TextNLPError]]:
        """Yield each row, or why it is none, with its 1-based place."""
        with open_bytes(self.path) as file:
            data = file.read(_MOST_ARRAY_BYTES + 1)
        if len(data) > _MOST_ARRAY_BYTES:
            raise TextNLPError(
                f"{self.name} has more than {_MOST_ARRAY_BYTES:,} bytes; write it as JSON Lines.",
                kind=ErrorKind.TOO_LARGE,
            )
        value = _decode(data)
        if isinstance(value, TextNLPError):
            raise invalid_input(f"{self.name}: {value.message}", field="input")
        lists = _lists_in(value)
        if len(lists) != 1:
            raise invalid_input(f"{self.name} holds no array of rows.", field="input")
        for number, item in enumerate(lists[0], start=1):
            yield number, _as_record(item)


def _read_object(line: bytes) -> dict[str, Any] | TextNLPError:
    value = _decode(line)
    return value if isinstance(value, TextNLPError) else _as_record(value)


def _as_record(value: Any) -> dict[str, Any] | TextNLPError:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    if isinstance(value, str):
        return {TEXT: value}
    return invalid_input("The row is neither an object nor a text.")


def _decode(data: bytes) -> Any:
    """Return the value, or the error that says why there is none."""
    try:
        return _ANYTHING.decode(data)
    except UnicodeDecodeError as exc:
        return not_utf8(exc)
    except RecursionError:
        return invalid_input("The row is nested too deeply.")
    except msgspec.DecodeError as exc:
        reason, byte = json_fault(exc, data)
        column = len(data[:byte].decode(errors="replace")) + 1
        return invalid_input(f"The row is not valid JSON: {reason}, column {column}.")


def _lists_in(value: Any) -> list[list[Any]]:
    values = list(cast("dict[str, Any]", value).values()) if isinstance(value, dict) else [value]
    return [cast("list[Any]", each) for each in values if isinstance(each, list)]


@dataclass(frozen=True, slots=True)
class TextRecordLines:
    """A text file: a row a line, with the column `text`; blank lines are no rows."""

    path: Path
    limits: RowLimits

    def rows(self) -> Iterator[tuple[int, dict[str, Any] | TextNLPError]]:
        """Yield each row, or why it is none, with its line."""
        with open_bytes(self.path) as file:
            for number, line in enumerate(read_lines(file, max_bytes=self.limits.max_line_bytes), start=1):
                if line is None:
                    yield number, too_long(self.limits.max_line_bytes)
                elif not line.isspace():
                    try:
                        yield number, {TEXT: decode_text(line).rstrip("\r\n")}
                    except TextNLPError as error:
                        yield number, error

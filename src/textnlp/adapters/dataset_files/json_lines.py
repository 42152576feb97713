"""Rows as lines of JSON."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

_MOST_ROWS = 4_096
_MOST_BYTES = 32 << 20

_ENCODER = msgspec.json.Encoder(enc_hook=str)
_DECODER = msgspec.json.Decoder(dict[str, Any])


def encode_line(record: Mapping[str, Any]) -> bytes:
    """Return a record as a line.

    What JSON has no word for is written as the nearest that it has: NaN as null, other objects as text, and halves of
    surrogate pairs as U+FFFD.
    """
    try:
        return _ENCODER.encode(record) + b"\n"
    except UnicodeEncodeError:
        return _ENCODER.encode(_without_halves(record)) + b"\n"


def decode_line(line: bytes) -> dict[str, Any]:
    """Return the record of a line."""
    return _DECODER.decode(line)


def read_pages(path: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield the records of a file, some thousands at a time and 32 MiB at most, a single larger one aside."""
    page: list[dict[str, Any]] = []
    size = 0
    with path.open("rb") as file:
        for line in file:
            page.append(decode_line(line))
            size += len(line)
            if len(page) >= _MOST_ROWS or size >= _MOST_BYTES:
                yield page
                page, size = [], 0
    if page:
        yield page


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, Mapping):
        fields = cast("Mapping[Any, Any]", value)
        return {_without_halves(name): _without_halves(field) for name, field in fields.items()}
    if isinstance(value, list | tuple):
        return [_without_halves(item) for item in cast("list[Any]", value)]
    return value

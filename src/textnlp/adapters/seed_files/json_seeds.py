"""JSON Lines: an object a line."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import msgspec

from textnlp.adapters.seed_files.decoding import numbered_lines
from textnlp.adapters.seed_files.record import SeedRecord, SeedTable
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_BYTE = re.compile(r"\(byte (\d+)\)")
_DECODER = msgspec.json.Decoder()


def open_json_lines(file: BinaryIO, name: str, _: frozenset[str] | None) -> SeedTable:
    """Open a file of JSON Lines; blank lines are no rows, and rows may leave fields out.

    A line that is no object is `INVALID_INPUT` with file, line and column.
    """
    return SeedTable(None, _rows(file, name))


def _rows(file: BinaryIO, name: str) -> Iterator[SeedRecord]:
    for number, line in numbered_lines(file, name):
        if line.isspace():
            continue
        yield SeedRecord(_decode(line, number, name), {"file": name, "line": number})


def _decode(line: str, number: int, name: str) -> dict[str, Any]:
    try:
        value = _DECODER.decode(line)
    except msgspec.DecodeError as exc:
        found = _BYTE.search(str(exc))
        raw = line.encode()
        column = len(raw[: int(found[1]) if found else len(raw)].decode(errors="replace").rstrip("\r\n")) + 1
        reason = _BYTE.sub("", str(exc)).removeprefix("JSON is malformed: ").strip()
        raise _broken(name, number, column, f"not valid JSON, {reason}") from exc
    except RecursionError as exc:
        raise _broken(name, number, 1, "the row is nested too deeply") from exc
    if not isinstance(value, dict):
        raise _broken(name, number, 1, 'a row must be an object such as {"topic": "tea"}')
    return cast("dict[str, Any]", value)


def _broken(name: str, line: int, column: int, reason: str) -> TextNLPError:
    return TextNLPError(
        f"{name}, line {line}, column {column}: {reason}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.path", line=line, column=column),
    )

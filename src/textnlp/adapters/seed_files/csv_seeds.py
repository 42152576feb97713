"""CSV: the first line names the fields, every other is a row of texts."""

import csv
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from textnlp.adapters.seed_files.decoding import numbered_lines
from textnlp.adapters.seed_files.record import MAX_FIELD_CHARACTERS, SeedRecord, SeedTable
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_DELIMITERS = (",", ";", "\t")


def open_csv(file: BinaryIO, name: str, wanted: frozenset[str] | None) -> SeedTable:
    """Open a CSV file whose delimiter is a comma, a semicolon or a tab, whichever splits its first line most.

    Values are texts as they are written, so that 00501 stays a postcode. Blank lines are no rows. A row of more or
    fewer cells than the first line, and a quote that is not closed, are `INVALID_INPUT` with the line.
    """
    lines = numbered_lines(file, name)
    number, first = next(((number, line) for number, line in lines if not line.isspace()), (1, ""))
    # The limit belongs to the csv module: raised for the longest value, never lowered for other readers.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_FIELD_CHARACTERS))
    records = _records(_after(first, lines), _find_delimiter(first), name, first_line=number)
    _, cells = next(records, (number, list[str]()))
    header = tuple(cell.strip() for cell in cells)
    _require_names(header, name, line=number)
    places = [(place, field) for place, field in enumerate(header) if wanted is None or field in wanted]
    return SeedTable(header, _rows(records, places, name, len(header)))


def _after(first: str, lines: Iterable[tuple[int, str]]) -> Iterator[str]:
    yield first
    for _, line in lines:
        yield line


def _find_delimiter(first: str) -> str:
    def width(delimiter: str) -> int:
        nothing: list[str] = []
        try:
            return len(next(csv.reader([first], delimiter=delimiter), nothing))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=width)


def _records(lines: Iterator[str], delimiter: str, name: str, *, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each record and the line on which it begins."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = first_line
    try:
        for cells in reader:
            if len(cells) > 1 or any(map(str.strip, cells)):
                yield line, cells
            line = first_line + reader.line_num
    except csv.Error as exc:
        is_open = first_line + reader.line_num > line + 1 or "end of data" in str(exc)
        reason = "a quote is opened that is not closed rightly" if is_open else str(exc).split(" - ", maxsplit=1)[0]
        raise _broken(name, line, reason) from exc


def _rows(
    records: Iterator[tuple[int, list[str]]],
    places: list[tuple[int, str]],
    name: str,
    width: int,
) -> Iterator[SeedRecord]:
    for line, cells in records:
        if len(cells) != width:
            raise _broken(name, line, f"the row has {len(cells)} cells, the first line {width}")
        yield SeedRecord({field: cells[place] for place, field in places}, {"file": name, "line": line})


def _require_names(header: tuple[str, ...], name: str, *, line: int) -> None:
    if not any(header):
        raise _broken(name, line, "the first line must name the fields")
    twice = next((field for place, field in enumerate(header) if field in header[:place]), None)
    if twice is not None:
        raise _broken(name, line, f"the field {twice!r} is named twice")


def _broken(name: str, line: int, reason: str) -> TextNLPError:
    return TextNLPError(
        f"{name}, line {line}: {reason}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.path", line=line),
    )

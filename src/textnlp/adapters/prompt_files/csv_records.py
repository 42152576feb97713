"""Records of a CSV file with the lines they stand on, where a broken one does not spoil those after it."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input

ENCODING_ERRORS = "surrogateescape"
"""Keeps bytes that are no UTF-8 apart, so that only their own record is bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRecord:
    """A record that begins on `line`: its cells, or why it has none."""

    line: int
    cells: list[str] = field(default_factory=list[str])
    error: TextNLPError | None = None


class CsvRecords:
    """Splits lines into records, strictly: a quote that does not close or that text follows makes a bad record.

    A bad record ends with its first line, and the lines that it had taken are read again as records of their own:
    a forgotten quote costs one row. Only a quoted cell that grows beyond `max_characters` is skipped to its end.
    """

    def __init__(self, lines: Iterator[bytes | None], *, delimiter: str, max_characters: int) -> None:
        self._lines = lines
        self._again: deque[bytes | None] = deque()
        self._delimiter = delimiter
        self._max_characters = max_characters
        self._taken: list[bytes | None] = []
        self._line = 0

    def __iter__(self) -> Iterator[CsvRecord]:
        """Yield the records; blank lines are none."""
        # The limit is the module's: raised for the longest prompt allowed, never lowered for other readers.
        csv.field_size_limit(max(csv.field_size_limit(), self._max_characters))
        reader = self._new_reader()
        while True:
            self._line += len(self._taken)
            self._taken.clear()
            start = self._line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as exc:
                yield CsvRecord(line=start, error=self._recover(exc))
                reader = self._new_reader()
                continue
            except _SkippedLineError:
                yield CsvRecord(line=start, error=_too_long(self._max_characters))
                reader = self._new_reader()
                continue
            if cells:
                yield CsvRecord(line=start, cells=cells)

"""Records of a CSV file with the lines they stand on, where a broken one does not spoil those after it."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input

UNDECODABLE = "surrogateescape"
"""Keeps bytes that are no UTF-8 as half characters, so that only their own record is bad."""

_QUOTE = b'"'


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRecord:
    """A record that begins on `line`: its cells, or why it has none."""

    line: int
    cells: list[str] = field(default_factory=list[str])
    error: TextNLPError | None = None


class CsvRecords:
    """Splits lines into records, strictly: a quote that does not close, or that text follows, makes a bad record.

    A bad record ends with its first line, and the other lines that it had taken are read again as records of their
    own, so that a forgotten quote costs one row. Only a quoted cell that is longer than `max_characters` is skipped
    to its end. A line that is None was too long to be read.
    """

    def __init__(self, lines: Iterator[bytes | None], *, delimiter: str, max_characters: int) -> None:
        self._lines = lines
        self._again: deque[bytes | None] = deque()
        self._taken: list[bytes | None] = []
        self._line = 0
        self._delimiter = delimiter
        self._max_characters = max_characters

    def __iter__(self) -> Iterator[CsvRecord]:
        """Yield the records in order; blank lines are none."""
        # The limit belongs to the csv module: raised for the longest prompt, never lowered for other readers.
        csv.field_size_limit(max(csv.field_size_limit(), self._max_characters))
        reader = csv.reader(self._texts(), delimiter=self._delimiter, strict=True)
        while True:
            first_line = self._line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _SkippedLineError) as exc:
                yield CsvRecord(line=first_line, error=self._recover(exc))
                reader = csv.reader(self._texts(), delimiter=self._delimiter, strict=True)
            else:
                if any(cell and not cell.isspace() for cell in cells):
                    yield CsvRecord(line=first_line, cells=cells)
            self._line += len(self._taken)
            self._taken.clear()

    def _texts(self) -> Iterator[str]:
        while (line := self._take()) is not _END:
            if line is None:
                raise _SkippedLineError
            yield line.decode(errors=UNDECODABLE)

    def _take(self) -> bytes | None:
        line = self._again.popleft() if self._again else next(self._lines, _END)
        if line is not _END:
            self._taken.append(line)
        return line

    def _recover(self, exc: Exception) -> TextNLPError:
        """Say what is wrong with the record, and make the reader go on behind it."""
        if isinstance(exc, csv.Error) and "field limit" in str(exc):
            self._skip_quoted_cell()
            return TextNLPError(
                f"A cell has more than {self._max_characters:,} characters, up to line {self._line + len(self._taken)};"
                " or a quote is missing.",
                kind=ErrorKind.TOO_LARGE,
            )
        lines = len(self._taken)
        self._again.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]
        if lines > 1:
            return invalid_input("A quote is opened that is not closed rightly.")
        if isinstance(exc, _SkippedLineError):
            return TextNLPError("The line is too long.", kind=ErrorKind.TOO_LARGE)
        return invalid_input(f"The row is not valid CSV: {str(exc).split(' - ', maxsplit=1)[0]}.")

    def _skip_quoted_cell(self) -> None:
        """Take lines until the quotes are even, without keeping them."""
        is_open = sum((line or b"").count(_QUOTE) for line in self._taken) % 2 == 1
        while is_open and (line := self._take()) is not _END:
            is_open = (line or b"").count(_QUOTE) % 2 == 0
            self._taken[-1] = None


class _SkippedLineError(Exception):
    """Raised within the reader at a line that was too long to be read."""


_END = b"<end of file>"
"""Told apart from a line by identity; no line has these bytes without a line end before the last anyway."""

"""Plain text: a prompt a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.rows import bad_row, read_row
from textnlp.adapters.prompt_files.text_lines import decode_text, open_bytes, read_lines, too_long
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import TextNLPError


@dataclass(frozen=True, slots=True)
class PlainText:
    """Reads a text file; blank lines are no rows, and blanks around a prompt are not part of it."""

    path: Path
    limits: RowLimits

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order."""
        max_bytes = self.limits.max_line_bytes
        index = 0
        with open_bytes(self.path) as file:
            for number, line in enumerate(read_lines(file, max_bytes=max_bytes), start=1):
                if line is None:
                    yield bad_row(too_long(max_bytes), index=index, line=number)
                elif line.isspace():
                    continue
                else:
                    yield self._row(line, index, number)
                index += 1

    def _row(self, line: bytes, index: int, number: int) -> PromptRow | BadRow:
        try:
            prompt = decode_text(line).strip()
        except TextNLPError as error:
            return bad_row(error, index=index, line=number)
        return read_row({"prompt": prompt}, index=index, line=number, max_characters=self.limits.max_characters)

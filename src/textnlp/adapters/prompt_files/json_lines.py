"""JSON Lines: a row a line, ours and OpenAI's mixed at will."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.prompt_files.json_rows import read_json_row
from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.rows import bad_row
from textnlp.adapters.prompt_files.text_lines import open_bytes, read_lines, too_long
from textnlp.domain.batches.model import BadRow, PromptRow


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Reads a file of JSON Lines; blank lines are no rows."""

    path: Path
    limits: RowLimits

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order."""
        limits = self.limits
        index = 0
        with open_bytes(self.path) as file:
            for number, line in enumerate(read_lines(file, max_bytes=limits.max_line_bytes), start=1):
                if line is None:
                    yield bad_row(too_long(limits.max_line_bytes), index=index, line=number)
                elif line.isspace():
                    continue
                else:
                    yield read_json_row(line, index=index, line=number, limits=limits)
                index += 1

"""The seed's batch file: one JSON document with an id, prompts and parameters."""

import re
from collections.abc import Iterator
from pathlib import Path

from textnlp.adapters.prompt_files.json_rows import read_json_row
from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.generation.model import NO_PARAMETERS, Parameters

MAX_DOCUMENT_BYTES = 512 << 20

_NAMES = ("id", "prompts", "parameters")
_PROMPTS_KEY = re.compile(rb'"prompts"\s*:\s*(?=\[)')


class SeedDocument:
    """Reads `{"id", "prompts": [...], "parameters": {...}}`; prompts are texts or objects like lines of JSON Lines.

    The document is held in memory, so it may have 512 MB at most; its prompts are decoded one by one. A list of
    prompts by itself is taken as well. Other names beside the three are the writer's own.
    """

    def __init__(self, path: Path, name: str, limits: RowLimits, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> None:
        self._path = path
        self._name = name
        self._limits = limits
        self._max_bytes = max_bytes
        self.document_id: str | None = None
        self.parameters: Parameters = NO_PARAMETERS

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order; raise `INVALID_INPUT` for what is no such document, with line and column."""
        data = self._read()
        prompts, place = self._open_document(data)
        line = 1 + data.count(b"\n", 0, place)
        for index, prompt in enumerate(prompts):
            raw = bytes(prompt)
            # Between two prompts stand only blanks and a comma, so the next text like this one is this one.
            start = data.find(raw, place)
            line += data.count(b"\n", place, start)
            yield read_json_row(raw, index=index, line=line, limits=self._limits)
            place = start + len(raw)
            line += raw.count(b"\n")

"""The seed's batch file: one JSON document with an id, prompts and parameters."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from textnlp.adapters.prompt_files.json_rows import json_fault, read_json_row
from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.sampling import nearest_name, read_parameters
from textnlp.adapters.prompt_files.text_lines import open_bytes
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
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

    def _read(self) -> bytes:
        with open_bytes(self._path) as file:
            data = file.read(self._max_bytes + 1)
        if len(data) > self._max_bytes:
            raise TextNLPError(
                f"{self._name} is one JSON document of more than {self._max_bytes:,} bytes.",
                kind=ErrorKind.TOO_LARGE,
                facts=ErrorFacts(hint="Write it as JSON Lines, a prompt a line, which has no such limit."),
            )
        return data

    def _open_document(self, data: bytes) -> tuple[list[msgspec.Raw], int]:
        """Return the prompts, undecoded, and where the list of them begins."""
        if data.lstrip().startswith(b"["):
            return self._decoded(data, list[msgspec.Raw]), data.find(b"[") + 1
        document: dict[str, msgspec.Raw] = self._decoded(data, dict[str, msgspec.Raw])
        self._require_prompts(document)
        if "id" in document:
            self.document_id = self._decoded(bytes(document["id"]), str)
        if "parameters" in document:
            self.parameters = read_parameters(self._decoded(bytes(document["parameters"]), dict[str, Any]))
        found = _PROMPTS_KEY.search(data)
        prompts: list[msgspec.Raw] = self._decoded(bytes(document["prompts"]), list[msgspec.Raw])
        return prompts, found.end() + 1 if found else 0

    def _require_prompts(self, document: dict[str, msgspec.Raw]) -> None:
        if "prompts" in document:
            return
        meant = next((name for name in document if nearest_name(name, _NAMES) == "prompts"), None)
        question = f" Is {meant!r} meant as 'prompts'?" if meant else ""
        raise invalid_input(f"{self._name} has no list 'prompts'.{question}", field="prompts")

    def _decoded(self, data: bytes, kind: Any) -> Any:
        try:
            return msgspec.json.decode(data, type=kind)
        except msgspec.ValidationError as exc:
            raise invalid_input(f"{self._name} is no batch document: {exc}.") from exc
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            reason, byte = json_fault(exc, data) if isinstance(exc, msgspec.DecodeError) else (str(exc), 0)
            line = data.count(b"\n", 0, byte) + 1
            column = byte - (data.rfind(b"\n", 0, byte) + 1) + 1
            raise TextNLPError(
                f"{self._name} is not JSON: {reason} at line {line}, column {column}.",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(line=line, column=column),
            ) from exc

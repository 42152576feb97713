"""The seed's batch file: one JSON document with an id, prompts and parameters."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from textnlp.adapters.prompt_files.json_rows import json_fault, read_json_row
from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.sampling import PARAMETER_NAMES, nearest_name, read_parameters
from textnlp.adapters.prompt_files.text_lines import open_bytes
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import NO_PARAMETERS, Parameters

MAX_DOCUMENT_BYTES = 512 << 20

_NAMES = ("id", "prompts", "parameters")
_PROMPTS_KEY = re.compile(rb'"prompts"\s*:\s*(?=\[)')
_COMPARED_BYTES = 64


class SeedDocument:
    """Reads `{"id", "prompts": [...], "parameters": {...}}`; prompts are texts or objects like lines of JSON Lines.

    The document is held in memory, so it may have 512 MB at most; its prompts are decoded one by one. A list of
    prompts by itself is taken as well. Other names beside the three are the writer's own and are ignored.
    """

    def __init__(self, path: Path, name: str, limits: RowLimits, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> None:
        self._path = path
        self._name = name
        self._limits = limits
        self._max_bytes = max_bytes
        self.document_id: str | None = None
        self.parameters: Parameters = NO_PARAMETERS

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield the rows in order; raise `INVALID_INPUT` with line and column for what is no such document."""
        data = self._read()
        prompts = self._open_document(data)
        place = _place_of_prompts(data, prompts)
        line = 1 + data.count(b"\n", 0, place)
        for index, prompt in enumerate(self._decode(prompts, list[msgspec.Raw], data)):
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
                f"{self._name} is one JSON document of more than {self._max_bytes >> 20} MB.",
                kind=ErrorKind.TOO_LARGE,
                facts=ErrorFacts(hint="Write one prompt a line instead, as JSON Lines (.jsonl)."),
            )
        return data.removeprefix(codecs.BOM_UTF8)

    def _open_document(self, data: bytes) -> bytes | msgspec.Raw:
        """Take note of id and parameters, and return the list of prompts, undecoded."""
        if data.lstrip()[:1] == b"[":
            return data
        document = self._decode(data, dict[str, msgspec.Raw], data)
        for name in document:
            if name not in _NAMES:
                self._refuse_slip(name)
        if "prompts" not in document:
            raise invalid_input(f'{self._name} has no "prompts"; it has {", ".join(document) or "nothing"}.')
        document_id = self._decode(document.get("id", msgspec.Raw(b"null")), Any, data)
        if document_id is not None and not isinstance(document_id, str | int):
            raise invalid_input(f'The "id" of {self._name} must be a text.', field="id")
        parameters = self._decode(document.get("parameters", msgspec.Raw(b"null")), Any, data)
        if parameters is not None and not isinstance(parameters, dict):
            raise invalid_input(f'The "parameters" of {self._name} must be an object.', field="parameters")
        self.parameters = read_parameters(cast("dict[str, Any]", parameters or {}))
        self.document_id = str(document_id) if document_id not in {None, ""} else None
        return document["prompts"]

    def _refuse_slip(self, name: str) -> None:
        if name in PARAMETER_NAMES:
            raise invalid_input(f'{name} of {self._name} belongs into "parameters".', field=name)
        if name == "model":
            raise invalid_input(
                f"{self._name} names a model for all its prompts: name it where the batch is started, or in each"
                " prompt.",
                field=name,
            )
        if meant := nearest_name(name, _NAMES, likeness=0.8):
            raise invalid_input(f"{name!r} of {self._name} is not known; did you mean {meant!r}?", field=name)

    def _decode(self, part: bytes | msgspec.Raw, kind: Any, data: bytes) -> Any:
        try:
            return msgspec.json.decode(part, type=kind)
        except msgspec.ValidationError as exc:
            what = "a list" if kind == list[msgspec.Raw] else "an object"
            raise invalid_input(f"The prompts of {self._name} must be in {what}.", field="prompts") from exc
        except msgspec.DecodeError as exc:
            raise self._broken(exc, data) from exc
        except (UnicodeDecodeError, RecursionError) as exc:
            raise invalid_input(f"{self._name} is not valid JSON in UTF-8: {exc}.") from exc

    def _broken(self, exc: msgspec.DecodeError, data: bytes) -> TextNLPError:
        reason, byte = json_fault(exc, data)
        before = data[:byte]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
        return TextNLPError(
            f"{self._name} is not valid JSON: {reason}, line {line}, column {column}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(line=line, column=column),
        )


def _place_of_prompts(data: bytes, prompts: bytes | msgspec.Raw) -> int:
    """Return where behind the key the list of prompts begins; 0 where the list is all."""
    view = memoryview(prompts)
    beginning = bytes(view[:_COMPARED_BYTES])
    if len(view) == len(data):
        return 0
    found = (match.end() for match in _PROMPTS_KEY.finditer(data) if data.startswith(beginning, match.end()))
    # Beyond the bracket: a prompt may look like the list's beginning.
    return next(found, 0) + 1

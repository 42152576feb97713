"""What is left of records that named a person.

A record that is one line keeps its length in bytes, so that whatever points behind it, or counts the bytes of its file,
still does so rightly.
"""

import csv
import io
import json
from collections.abc import Collection, Iterable
from typing import Any, cast

from textnlp.domain.erasure.terms import SearchTerms

ERASED = "[erased]"

_CONTENT = frozenset(
    {"answer", "arguments", "comment", "completion", "content", "input", "message", "note", "output", "prompt"}
    | {"question", "text", "value"}
)
"""Fields whose text is what somebody wrote, a model or a person."""

_ALL_CONTENT = frozenset({"row", "seed", "values", "variables"})
"""Fields in which every text is that, whatever it is called."""

_DERIVED: dict[str, Any] = {"embedding": [], "logprobs": None}
"""Fields from which the text could be told again, and what is left of them."""

_NAMING = ("id", "custom_id", "row_id")


def redacted(value: Any, terms: SearchTerms, *, is_content: bool = False, filler: str = ERASED) -> Any:
    """Return a document without the texts that name the person, each replaced as a whole.

    With `is_content` all that was asked and answered in it goes too, whether or not it names the person.
    """
    return _Redaction(terms, has_to_go=is_content, filler=filler).of(value)


def blanked(value: Any, terms: SearchTerms) -> Any:
    """Return a document with every text in it replaced, but those of fields that say who speaks."""
    return _Redaction(terms, has_to_go=True, filler=ERASED).of(value, is_content=True)


class _Redaction:
    def __init__(self, terms: SearchTerms, *, has_to_go: bool, filler: str) -> None:
        self._terms = terms
        self._has_to_go = has_to_go
        self._filler = filler

    def of(self, value: Any, *, is_content: bool = False) -> Any:
        if isinstance(value, str):
            return self._filler if is_content or self._terms.are_in_text(value) else value
        if isinstance(value, list):
            return [self.of(item, is_content=is_content) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            return {
                self._filler if self._terms.are_in_text(name) else name: self._field(name, field, is_beneath=is_content)
                for name, field in fields.items()
            }
        return value

    def _field(self, name: str, value: Any, *, is_beneath: bool) -> Any:
        if self._has_to_go and name in _DERIVED:
            return _DERIVED[name]
        if name == "role":
            return value
        is_content = self._has_to_go and (name in _CONTENT or name in _ALL_CONTENT or is_beneath)
        if isinstance(value, str | list) or (name in _ALL_CONTENT and isinstance(value, dict)):
            return self.of(value, is_content=is_content)
        return self.of(value, is_content=is_beneath and self._has_to_go)


def redact_json(data: bytes, terms: SearchTerms, *, is_content: bool = True) -> bytes:
    """Return a JSON document, or a line of one, of the same length without what names the person.

    What cannot be read as JSON is written over where it names the person.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return terms.overwritten(data)
    for filler in (ERASED, ""):
        written = json.dumps(
            redacted(document, terms, is_content=is_content, filler=filler), ensure_ascii=False, separators=(",", ":")
        ).encode("utf-8", "surrogatepass")
        if len(written) <= len(data):
            return _padded(written, data)
    return terms.overwritten(data)


def redact_json_lines(lines: Iterable[bytes], terms: SearchTerms, *, ids: Collection[str] = ()) -> list[bytes]:
    """Return lines of JSON, those redacted that name the person or have one of `ids`."""
    return [redact_json(line, terms) if terms.are_in(line) or _has_id(line, ids) else line for line in lines]


def redact_requests(lines: Iterable[bytes], terms: SearchTerms, *, rows: Collection[int]) -> list[bytes]:
    """Return lines of a batch's requests, arrays that begin with the row's index, those of `rows` redacted."""
    return [redact_json(line, terms) if terms.are_in(line) or index_of(line) in rows else line for line in lines]


def index_of(line: bytes) -> int | None:
    """Return the row that a line of requests is of; None for what is no such line."""
    number = line[1:].partition(b",")[0]
    return int(number) if line.startswith(b"[") and number.isdigit() else None


def redact_text_lines(lines: Iterable[bytes], terms: SearchTerms) -> list[bytes]:
    """Return lines of plain text, each of which is a record, those blank that name the person."""
    return [_padded(ERASED.encode()[: len(line)], line) if terms.are_in(line) else line for line in lines]


def redact_csv(data: bytes, terms: SearchTerms) -> bytes:
    """Return a table as text of the same length, without the values of records that name the person.

    The first record, which names the columns, is written over where it names the person.
    """
    records = list(_csv_records(data))
    delimiter = max((b",", b";", b"\t"), key=records[0].count) if records else b","
    names = [terms.overwritten(record) for record in records[:1]]
    others = [_empty_record(record, delimiter) if terms.are_in(record) else record for record in records[1:]]
    return b"".join([*names, *others])


def _csv_records(data: bytes) -> Iterable[bytes]:
    """Yield records with their ends; a record goes on while a quote is open."""
    waiting: list[bytes] = []
    quotes = 0
    for line in data.splitlines(keepends=True):
        waiting.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(waiting)
            waiting.clear()
            quotes = 0
    if waiting:
        yield b"".join(waiting)


def _empty_record(record: bytes, delimiter: bytes) -> bytes:
    body = record.rstrip(b"\r\n")
    text = io.StringIO(body.decode("utf-8", "replace"), newline="")
    columns = len(next(csv.reader(text, delimiter=delimiter.decode()), [""]))
    commas = delimiter * (columns - 1)
    first = ERASED.encode()[: len(body) - len(commas)]
    return _padded(first, body[: len(body) - len(commas)]) + commas + record[len(body) :]


def _padded(data: bytes, original: bytes) -> bytes:
    """Fill up with spaces, before the end of a line where the original has one."""
    end = original[len(original.rstrip(b"\r\n")) :]
    return data + b" " * (len(original) - len(data) - len(end)) + end


def _has_id(line: bytes, ids: Collection[str]) -> bool:
    if not ids:
        return False
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(record, dict):
        return False
    fields = cast("dict[str, Any]", record)
    return any(str(fields.get(name)) in ids for name in _NAMING)

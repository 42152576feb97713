"""One call of an operation, before it is sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input

JSON = "application/json"
EVENTS = "text/event-stream"
_KEY_HEADER = "Idempotency-Key"
_OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked for.

    Attributes:
        path: with its parameters in place, escaped.
        query: parameters by name; those that are None are left out.
        body: a struct that is sent as JSON.
        members: further members of the body, which the operation itself sets.
        fields: fields of a form; those that are None are left out.
        upload: a file that is sent with the fields.
        accept: the media type of the answer.
        takes_key: the platform answers a call that is repeated with its `Idempotency-Key` as the first time.
        follows: the answer is a stream that is never silent for long.
    """

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: msgspec.Struct | None = None
    members: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fields: msgspec.Struct | Mapping[str, Any] | None = None
    upload: "Upload | None" = None
    accept: str = JSON
    takes_key: bool = False
    follows: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Whether a second attempt cannot do a second time what the first one did."""
        return self.method == "GET" or self.takes_key

    def headers(self) -> dict[str, str]:
        """Return the headers of all attempts at this call."""
        headers = {"Accept": self.accept}
        if self.takes_key:
            headers[_KEY_HEADER] = str(uuid.uuid4())
        if self.body is not None:
            headers["Content-Type"] = JSON
        return headers

    def content(self) -> bytes | None:
        """Return the JSON body, or None where there is none."""
        if self.body is None:
            return None
        if not self.members:
            return msgspec.json.encode(self.body)
        document: dict[str, Any] = msgspec.to_builtins(self.body)
        return msgspec.json.encode({**document, **self.members})

    def parameters(self) -> list[tuple[str, str]]:
        """Return the query as pairs."""
        return _pairs(self.query)

    def form(self) -> dict[str, list[str]] | None:
        """Return the fields of the form, or None where there is none."""
        if self.fields is None:
            return None if self.upload is None else {}
        given: Mapping[str, Any] = (
            msgspec.to_builtins(self.fields) if isinstance(self.fields, msgspec.Struct) else self.fields
        )
        form: dict[str, list[str]] = {}
        for name, value in _pairs(given):
            form.setdefault(name, []).append(value)
        return form


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on disk that is sent under `name`, its own where None."""

    path: Path
    name: str | None = None

    def opened(self) -> IO[bytes]:
        """Open the file; raises `INVALID_INPUT` for one that cannot be read."""
        try:
            return self.path.open("rb")
        except OSError as exc:
            raise TextNLPError(
                f"Cannot read {self.path}: {exc.strerror}.",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(field="file"),
            ) from exc

    def part(self, file: IO[bytes]) -> tuple[str, IO[bytes], str]:
        """Return the part of a form that holds the file."""
        return self.name or self.path.name, file, _OCTETS


def segment(value: str) -> str:
    """Return a parameter as it stands in a path; raises `INVALID_INPUT` for one that would name another path."""
    if value in {"", ".", ".."}:
        raise invalid_input(f"{value!r} names nothing.")
    return quote(value, safe="")


def _pairs(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        values: Sequence[Any] = cast("Sequence[Any]", value) if isinstance(value, list | tuple) else [value]
        pairs += [(name, _text(each)) for each in values if each is not None]
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return str(msgspec.to_builtins(value))

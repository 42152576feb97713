"""A form with a file in it, as browsers and `curl -F` send it."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import IO, Any

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from textnlp.api.request_body import body_pieces
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

FILE_FIELD = "file"
_READ_BYTES = 1 << 20
_MOST_PARTS = 64
_LARGEST_FIELD_BYTES = 1 << 20


@dataclass(slots=True)
class UploadForm:
    """The fields of a form in the order in which they came, and its one file.

    Attributes:
        file_name: what the sender calls the file, or None.
        content_type: what the sender says is in it.
    """

    file: IO[bytes]
    fields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    has_file: bool = False
    file_name: str | None = None
    content_type: str = ""

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the bytes of the file."""
        self.file.seek(0)
        while piece := await asyncio.to_thread(self.file.read, _READ_BYTES):
            yield piece


@contextlib.asynccontextmanager
async def open_form(request: Request[Any, Any, Any], *, max_bytes: int) -> AsyncGenerator[UploadForm]:
    """Read a form; its file lies on disk, not in memory, until the block ends.

    The file may come before the fields that say what to do with it, which is why it is put aside first. Raises
    `INVALID_INPUT` for a form that is broken or has not exactly one file, `TOO_LARGE` above `max_bytes`.
    """
    boundary = request.content_type[1].get("boundary", "")
    with tempfile.TemporaryFile(prefix="textnlp-") as file:
        form = UploadForm(file)
        try:
            with PushMultipartParser(boundary, max_segment_count=_MOST_PARTS) as parser:
                reader = _FormReader(form)
                async for piece in body_pieces(request, max_bytes=max_bytes):
                    await asyncio.to_thread(reader.take, list(parser.parse(piece)))
                reader.take(list(parser.parse(b"")))
        except (MultipartError, UnicodeDecodeError, LookupError) as exc:
            raise _refused(f"The form cannot be read: {exc}.") from exc
        if not form.has_file:
            raise _refused("The form has no file.", form_field=FILE_FIELD)
        yield form


class _FormReader:
    """Sorts the parts of a form into its fields and its file."""

    def __init__(self, form: UploadForm) -> None:
        self._form = form
        self._part: MultipartSegment | None = None
        self._is_file = False
        self._text = bytearray()

    def take(self, events: list[Any]) -> None:
        """Take what the parser found: the head of a part, a piece of it, or its end."""
        for event in events:
            if isinstance(event, MultipartSegment):
                self._open(event)
            elif event is None:
                self._close()
            elif self._is_file:
                self._form.file.write(event)
            else:
                self._text += event
                if len(self._text) > _LARGEST_FIELD_BYTES:
                    raise _refused("A field of the form is larger than 1 MiB.", form_field=self._name)

    @property
    def _name(self) -> str:
        return (self._part.name or "") if self._part is not None else ""

    def _open(self, part: MultipartSegment) -> None:
        self._part = part
        self._text.clear()
        self._is_file = part.filename is not None or part.name == FILE_FIELD
        if self._is_file:
            if self._form.has_file:
                raise _refused("The form has more than one file; send one batch a file.", form_field=part.name)
            self._form.has_file = True
            self._form.file_name = part.filename
            self._form.content_type = part.content_type or ""

    def _close(self) -> None:
        if self._part is not None and not self._is_file:
            self._form.fields.append((self._name, self._text.decode()))
        self._part = None


def _refused(message: str, *, form_field: str | None = None) -> TextNLPError:
    facts = ErrorFacts(
        hint="Send it as curl does: -F file=@prompts.jsonl -F max_tokens=64.",
        field=form_field,
    )
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=facts)

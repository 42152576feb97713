"""Text files as text: UTF-8, or UTF-16 where a byte order mark says so."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from textnlp.adapters.seed_files.record import MAX_FIELD_CHARACTERS
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

MAX_LINE_CHARACTERS = 6 * MAX_FIELD_CHARACTERS
"""JSON may write six characters for one."""

_BINARY_MARKS = {b"PK\x03\x04": "a ZIP or Office file", b"PAR1": "Parquet", b"%PDF": "PDF", b"\x1f\x8b": "gzip"}
_HINT = "Save it as UTF-8."


def open_text(file: BinaryIO, name: str) -> io.TextIOWrapper:
    """Return `file` as text without its byte order mark, line ends as they are.

    Bytes that are no UTF-8 come through as half characters, which `require_text` refuses with their line. Raises
    `INVALID_INPUT` for the beginning of a binary file.
    """
    beginning = file.read(4)
    file.seek(0)
    for mark, kind in _BINARY_MARKS.items():
        if beginning.startswith(mark):
            raise TextNLPError(
                f"{name} is {kind}, whatever its ending says.",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(field="seeds.path"),
            )
    is_utf16 = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return io.TextIOWrapper(
        file,
        encoding="utf-16" if is_utf16 else "utf-8-sig",
        errors="strict" if is_utf16 else "surrogateescape",
        newline="",
    )


def numbered_lines(file: BinaryIO, name: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its line end and 1-based number; raise for one that is too long or no text.

    The file is closed at the end.
    """
    text = open_text(file, name)
    number = 0
    try:
        while line := text.readline(MAX_LINE_CHARACTERS + 1):
            number += 1
            if len(line) > MAX_LINE_CHARACTERS:
                raise TextNLPError(
                    f"{name}, line {number}: the line has more than {MAX_LINE_CHARACTERS:,} characters.",
                    kind=ErrorKind.TOO_LARGE,
                    facts=ErrorFacts(field="seeds.path", line=number),
                )
            require_text(line, name, first_line=number)
            yield number, line
    except UnicodeDecodeError as exc:
        raise not_utf16(name) from exc
    finally:
        text.close()


def require_text(text: str, name: str, *, first_line: int = 1) -> None:
    """Raise `INVALID_INPUT` with line and column where `text` has NUL characters or bytes that are no UTF-8."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as exc:
            raise _at(text, exc.start, name, first_line) from exc
    if (place := text.find("\0")) >= 0:
        raise _at(text, place, name, first_line)


def _at(text: str, place: int, name: str, first_line: int) -> TextNLPError:
    before = text[:place]
    line, column = first_line + before.count("\n"), place - before.rfind("\n")
    character = text[place]
    what = "a NUL character" if character == "\0" else f"the byte {ord(character) & 0xFF:#04x}, which is not UTF-8"
    return TextNLPError(
        f"{name}, line {line}, column {column}: here is {what}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.path", line=line, column=column, hint=_HINT),
    )


def not_utf16(name: str) -> TextNLPError:
    """Build the error for a file that begins as UTF-16 and is not."""
    return TextNLPError(
        f"{name} begins as UTF-16, but cannot be read as such to its end.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.path", hint=_HINT),
    )

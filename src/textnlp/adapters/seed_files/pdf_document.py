"""PDF: the text of each page."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from textnlp.adapters.seed_files.page import Page, unreadable
from textnlp.domain.errors import TextNLPError

if TYPE_CHECKING:
    from pypdf import PdfReader

logging.getLogger("pypdf").addHandler(logging.NullHandler())


def read_pdf(file: BinaryIO, name: str) -> Iterator[Page]:
    """Yield the pages that have text, with their numbers.

    A file that is encrypted, broken, or has no text on any page (as one that was scanned), is `INVALID_INPUT`.
    """
    import pypdf  # noqa: PLC0415  a third of a second that only this format needs

    try:
        reader = pypdf.PdfReader(file)
        _require_readable(reader, name)
        page_count = len(reader.pages)
    except TextNLPError:
        raise
    except Exception as exc:
        raise unreadable(name, f"cannot be read as PDF: {exc}") from exc
    has_text = False
    for place in range(page_count):
        text = _clean(_text_of(reader, place, name))
        if text.strip():
            has_text = True
            yield Page(text=text, number=place + 1)
    if not has_text:
        raise unreadable(
            name,
            f"has no text on any of its {page_count:,} pages",
            hint="It may hold images of pages alone: make them text (OCR) first.",
        )


def _require_readable(reader: "PdfReader", name: str) -> None:
    # A password that only forbids printing or copying is the empty one for reading.
    if reader.is_encrypted and not reader.decrypt(""):
        raise unreadable(name, "is encrypted", hint="Save it without a password.")


def _text_of(reader: "PdfReader", place: int, name: str) -> str:
    try:
        return reader.pages[place].extract_text()
    except Exception as exc:
        raise unreadable(name, f"cannot be read on page {place + 1}: {exc}") from exc


def _clean(text: str) -> str:
    """Leave out NUL characters, and make half characters whole or the sign for those that are unknown."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")

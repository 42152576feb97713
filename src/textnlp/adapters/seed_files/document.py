"""Documents as pages of text, and pages as pieces."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from textnlp.adapters.seed_files.docx_document import read_docx
from textnlp.adapters.seed_files.html_document import read_html
from textnlp.adapters.seed_files.page import Page
from textnlp.adapters.seed_files.pdf_document import read_pdf
from textnlp.adapters.seed_files.plain_document import read_plain
from textnlp.adapters.seed_files.record import SeedRecord
from textnlp.domain.recipes.chunking import split_text

MAX_DOCUMENT_BYTES = 200_000_000

DOCUMENT_READERS: dict[str, Callable[[BinaryIO, str], Iterator[Page]]] = {
    ".txt": read_plain,
    ".md": read_plain,
    ".markdown": read_plain,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
"""Reads a document's pages, by the ending of its name."""


def cut_document(
    pages: Iterable[Page],
    *,
    name: str,
    max_characters: int,
    overlap_characters: int,
) -> Iterator[SeedRecord]:
    """Yield the pieces of a document.

    None goes across pages. `offset` counts from the beginning of the page, `chunk` from 0 over all pages.
    """
    chunk = 0
    for page in pages:
        for piece in split_text(page.text, size=max_characters, overlap=overlap_characters):
            origin = {"file": name, "page": page.number, "offset": piece.offset, "chunk": chunk}
            yield SeedRecord({"text": piece.text, **origin}, origin)
            chunk += 1

"""HTML: the text that a reader of the page sees."""

from collections.abc import Iterator
from typing import BinaryIO

from textnlp.adapters.seed_files.page import Page, unreadable
from textnlp.adapters.seed_files.plain_document import read_whole


def read_html(file: BinaryIO, name: str) -> Iterator[Page]:
    """Yield the text of the body as one page."""
    raise unreadable(name, "is HTML, which cannot be read")
    yield Page(text=read_whole(file, name))

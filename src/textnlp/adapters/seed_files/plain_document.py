"""TXT and Markdown: the text as it is written."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from textnlp.adapters.seed_files.decoding import not_utf16, open_text, require_text
from textnlp.adapters.seed_files.page import Page


def read_plain(file: BinaryIO, name: str) -> Iterator[Page]:
    """Yield the whole text as one page."""
    yield Page(text=read_whole(file, name))


def read_whole(file: BinaryIO, name: str) -> str:
    """Return the text with line ends as LF, as Python's own `open` does; raise `INVALID_INPUT` for what is no text."""
    try:
        with open_text(file, name) as opened:
            text = opened.read()
    except UnicodeDecodeError as exc:
        raise not_utf16(name) from exc
    text = io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)
    require_text(text, name)
    return text

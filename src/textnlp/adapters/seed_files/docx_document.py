"""DOCX: paragraphs and tables in the order of the document."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from textnlp.adapters.seed_files.page import Page, unreadable
from textnlp.domain.errors import TextNLPError

_MAX_EXPANDED_BYTES = 400_000_000
_CELLS_BETWEEN = " | "


def read_docx(file: BinaryIO, name: str) -> Iterator[Page]:
    """Yield the document's text as one page: a blank line between paragraphs, a line a row of a table.

    Headers, footers, notes and comments are left out. A file that is broken, encrypted, or expands to more than
    400 MB is `INVALID_INPUT`.
    """
    import docx  # noqa: PLC0415  a tenth of a second that only this format needs

    try:
        with zipfile.ZipFile(file) as archive:
            expanded = sum(entry.file_size for entry in archive.infolist())
        _require_size(expanded, name)
        file.seek(0)
        document = docx.Document(file)
        text = "\n\n".join(_blocks(document.iter_inner_content()))
    except zipfile.BadZipFile as exc:
        raise unreadable(name, "is no DOCX file, or an encrypted one", hint="Save it without a password.") from exc
    except TextNLPError:
        raise
    except Exception as exc:
        raise unreadable(name, f"cannot be read as DOCX: {exc}") from exc
    yield Page(text=text)


def _require_size(expanded_bytes: int, name: str) -> None:
    if expanded_bytes > _MAX_EXPANDED_BYTES:
        raise unreadable(name, f"expands to {expanded_bytes:,} bytes; the limit is {_MAX_EXPANDED_BYTES:,}")


def _blocks(content: Iterable[Any]) -> Iterator[str]:
    for block in content:
        text = block.text if hasattr(block, "text") else "\n".join(_rows(block))
        if text.strip():
            yield text


def _rows(table: Any) -> Iterator[str]:
    for row in table.rows:
        # A merged cell comes once for each column that it covers.
        cells = {id(cell._tc): cell for cell in row.cells}.values()  # noqa: SLF001  nothing public tells
        yield _CELLS_BETWEEN.join(" ".join(" ".join(_blocks(cell.iter_inner_content())).split()) for cell in cells)
